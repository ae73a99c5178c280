"""Does a request come from this very machine? What came through a proxy never does."""

import ipaddress

from django.http import HttpRequest

FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")


def from_this_machine(request: HttpRequest) -> bool:
    """Whether whoever asks sits at this machine and asked directly."""
    return not through_proxy(request) and is_this_machine(request.META.get("REMOTE_ADDR", ""))


def through_proxy(request: HttpRequest) -> bool:
    """Whether a proxy says that it handed the request on."""
    return any(name in request.headers for name in FORWARDED)


def is_this_machine(host: str) -> bool:
    """Whether an address is a loopback one."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or bool(getattr(found, "ipv4_mapped", None) and found.ipv4_mapped.is_loopback)

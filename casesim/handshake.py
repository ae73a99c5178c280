"""Whether a socket was asked for by a page of this server: what Django asks of every page, for handshakes."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Scope = dict[str, Any]


def host_fits(scope: Scope) -> bool:
    """Asked for under a name of this server, as its pages must be."""
    return validate_host(split_domain_port(_header(scope, b"host"))[0], settings.ALLOWED_HOSTS)


def origin_fits(scope: Scope, by_cookie: bool) -> bool:
    """A cookie is only good from a page of this server; a bearer token cannot be sent by a foreign page."""
    origin = _header(scope, b"origin")
    if not origin:
        return not by_cookie
    try:
        return urlsplit(origin).netloc.lower() == _header(scope, b"host").lower()
    except ValueError:  # such as http://[
        return False


def _header(scope: Scope, name: bytes) -> str:
    found: bytes = dict(scope["headers"]).get(name, b"")
    return found.decode("latin-1")

#!/usr/bin/env python
"""Django's command line for casesim."""

import os
import sys


def main() -> None:
    """Run one management command; a setting that makes no sense is one line and not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casesim.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"casesim: {error}")


if __name__ == "__main__":
    main()

"""casesim's own settings, with everything it writes in a directory of this run alone."""

import atexit
import os
import shutil
import tempfile

if "CASESIM_VAR" not in os.environ:
    os.environ["CASESIM_VAR"] = tempfile.mkdtemp(prefix="casesim-tests-")
    atexit.register(shutil.rmtree, os.environ["CASESIM_VAR"], ignore_errors=True)

from casesim.settings import *  # noqa: F403
from casesim.settings import ALLOWED_HOSTS, DATABASES, STORAGES, VAR

ALLOWED_HOSTS += ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and guards nothing here

# Served as they lie in the tree: no `collectstatic` before a test.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory: the writer has a thread and a connection of its own.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}

"""All settings, from the environment; `.env.example` lists every variable.

Nothing has to be set for one machine: then the data lies under `var/`. A value that makes no
sense stops the program with the variable's name.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Linear algebra on one thread: the same bytes from the same ratings, and no threads waiting for one another
# in processes that run side by side. It is read when numpy is first imported, which is after this file.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# -- Reading the environment -------------------------------------------------------------------


def text(name: str, default: str = "") -> str:
    """The variable, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def switch(name: str, default: bool) -> bool:
    """A variable that is 0 or 1."""
    value = text(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def whole(name: str, default: int, least: int, most: int) -> int:
    """A variable that is a whole number within bounds."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def amount(name: str, default: float, most: float) -> float:
    """A variable that is a number from 0 up."""
    value = text(name, str(default))
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:  # also what is no number
        raise ImproperlyConfigured(f"{name} must be a number from 0 to {most:g}, not {value!r}")
    return found


def names(name: str, default: str) -> list[str]:
    """A variable that is a list with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """A variable that is a URL with one of these schemes; its password is never shown."""
    value = text(name, default)
    scheme = urlsplit(value).scheme if value else ""
    if value and scheme not in schemes:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must begin with {wanted}, not {value.split(':')[0]!r}")
    return value


def one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """A variable that is one word of a few."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


# -- Where things lie --------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(text("CASESIM_VAR", str(BASE_DIR / "var"))).resolve()
VAR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """From the environment; or, on one machine, made once and kept in `var/secret-key`."""
    if value := text("SECRET_KEY"):
        if len(value) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters")
        return value
    path = VAR / "secret-key"
    try:
        # Linked into place whole: of two processes that start at once, both read the same key.
        draft = VAR / f"secret-key.{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text().strip()


DEBUG = switch("DEBUG", default=False)
SECRET_KEY = secret_key()

# -- Who may ask, and how ----------------------------------------------------------------------

PORT = whole("PORT", 8000, 1, 65535)
SITE_URL = address("SITE_URL", f"http://127.0.0.1:{PORT}", ("http", "https")).rstrip("/")
HTTPS = switch("HTTPS", default=SITE_URL.startswith("https:"))
# The host that stands in every link is always answered to.
ALLOWED_HOSTS = [*names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"), str(urlsplit(SITE_URL).hostname)]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if switch("TRUST_PROXY", default=False) else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
# A join link is a secret: it must not travel to another site in a Referer.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# -- The application ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "casesim.accounts",
    "scenarios",
    "rooms",
    "scoring",
    "casesim.authoring",
    "casesim.programs",
    "casesim.todo",
    "casesim.records",
    "casesim.fairness",
    "casesim.cohorts",
    "casesim.loops",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "casesim.static_files.WholeStaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "casesim.accounts.middleware.OwnTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "casesim" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
ROOT_URLCONF = "casesim.urls"
ASGI_APPLICATION = "casesim.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# The page a seat's join link leads to, by kind of seat; all others go to the room.
CASESIM_SEAT_HOME = {"rater": "scoring:sheet"}

# -- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Who may make an account: whoever holds an invitation, or anybody. Who may make a workspace.
SIGN_UP = one_of("SIGN_UP", "invited", ("invited", "open"))
NEW_WORKSPACES = one_of("NEW_WORKSPACES", "operators", ("operators", "everyone"))

ACCOUNT_ADAPTER = "casesim.accounts.adapter.Adapter"
ACCOUNT_SIGNUP_FORM_CLASS = "casesim.accounts.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# An invitation may be limited to a domain, so an address must be its owner's.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Codes and no links: what is typed in stands in no address, history or log.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Besides those that allauth sets for signing in, per minute and address.
ACCOUNT_RATE_LIMITS = {"room_code": "10/5m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0


def mail(url: str) -> dict[str, Any]:
    """How e-mail is sent. smtp: with STARTTLS; smtps: TLS at once; empty: written to the console."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure,
        "EMAIL_TIMEOUT": 10,
    }


globals().update(mail(address("EMAIL_URL", "", ("smtp", "smtps"))))
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", f"casesim@{urlsplit(SITE_URL).hostname}")

# -- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns when it is not there yet
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [path for path in [BASE_DIR / "casesim" / "static"] if path.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "casesim.static_files.HashedStaticFiles"
    },
}

# -- The database ------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # A transaction that will write takes its lock at the start: upgrading later cannot wait, it fails.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: what was acknowledged survives a power cut. It is cheap with group commits.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
}

POSTGRES_OPTIONS = {
    # Django lets the driver prepare nothing; the live path asks for it (rooms.live.sql.planned_once).
    "prepare_threshold": 5,
    # A connection that a firewall has forgotten is noticed in seconds, not in TCP's quarter of an hour.
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 30,  # seconds
    "keepalives_interval": 5,  # seconds
    "tcp_user_timeout": 15_000,  # ms
}


def database() -> dict[str, Any]:
    """The default database: SQLite under `var/`, or what DATABASE_URL names."""
    url = address(
        "DATABASE_URL", f"sqlite:///{VAR / 'casesim.sqlite3'}", ("sqlite", "postgresql", "postgres")
    )
    parsed = dict(dj_database_url.parse(url))
    if parsed["ENGINE"].endswith("sqlite3"):
        parsed["OPTIONS"] = SQLITE_OPTIONS
    else:
        parsed["OPTIONS"] = {**POSTGRES_OPTIONS, **parsed.get("OPTIONS", {})}
    return parsed


DATABASES = {"default": database()}
# Rate limits are counted here: every process must see the same numbers, and Redis may be away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "casesim_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# -- Redis and Celery --------------------------------------------------------------------------

# Empty: one web process alone, and what Celery does waits.
REDIS_URL = address("REDIS_URL", "", ("redis", "rediss", "unix"))

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "casesim"
# Both are needed for a task to run again when its process is killed; all tasks may run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_TIME_LIMIT = 120
# Above the time limit: nothing that still runs is handed out a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 300, "socket_connect_timeout": 2, "socket_keepalive": True} if REDIS_URL else {}
)
# A page that asks for a task must not hang because Redis is away; our sweeps ask again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A sweep nobody ran in time is not worth running late: the next one does its work.
    "rooms.sweep": {"task": "rooms.tasks.sweep", "schedule": 5, "options": {"expires": 5}},
    "scoring.sweep": {"task": "scoring.tasks.sweep", "schedule": 30, "options": {"expires": 30}},
    "records.sweep": {"task": "casesim.records.tasks.sweep", "schedule": 30, "options": {"expires": 30}},
    "records.retain": {"task": "casesim.records.tasks.retain", "schedule": crontab(hour=3, minute=40)},
    "authoring.sweep": {"task": "authoring.tasks.sweep", "schedule": 10, "options": {"expires": 10}},
    "cohorts.sweep": {"task": "cohorts.tasks.sweep", "schedule": 30, "options": {"expires": 30}},
    "loops.sweep": {"task": "casesim.loops.tasks.sweep", "schedule": 30, "options": {"expires": 30}},
    "loops.remind": {"task": "casesim.loops.tasks.remind", "schedule": 300, "options": {"expires": 300}},
    "scoring.calibrate": {"task": "scoring.tasks.calibrate_all", "schedule": crontab(hour=3, minute=10)},
}

# -- A language model, for those who have one -----------------------------------------------------


def model_address() -> str:
    """The base of an OpenAI-compatible endpoint. A key never travels in the clear to another network."""
    url = address("LLM_URL", "", ("http", "https")).rstrip("/")
    parts = urlsplit(url)
    if url and (not parts.hostname or parts.username or parts.password or parts.query or parts.fragment):
        raise ImproperlyConfigured("LLM_URL must be a plain address; a key belongs into LLM_KEY")
    near = "." not in (parts.hostname or "") or (parts.hostname or "").startswith(NEAR)
    if parts.scheme == "http" and text("LLM_KEY") and not near:
        raise ImproperlyConfigured("LLM_URL must begin with https:// when a key goes with it")
    return url


NEAR = ("127.", "10.", "192.168.", *(f"172.{n}." for n in range(16, 32)))
LLM_URL = model_address()
LLM_KEY = text("LLM_KEY")
LLM_MODEL = text("LLM_MODEL")
if LLM_URL and not LLM_MODEL:
    raise ImproperlyConfigured("LLM_MODEL must name the model when LLM_URL is set")
LLM_SECONDS = whole("LLM_SECONDS", 20, 1, 60)
# What one room may use; the cost in the currency of the prices, which are for a million tokens. 0: uncounted.
LLM_ROOM_TOKENS = whole("LLM_ROOM_TOKENS", 150_000, 0, 100_000_000)
LLM_ROOM_COST = amount("LLM_ROOM_COST", 0.0, 1e6)
LLM_PRICE_IN = amount("LLM_PRICE_IN", 0.0, 1e6)
LLM_PRICE_OUT = amount("LLM_PRICE_OUT", 0.0, 1e6)
# Who hears what an utterance does: the model in the repository, sentence embeddings, or the language model.
LISTENER = one_of("LISTENER", "builtin", ("builtin", "sentences", "llm"))
if LISTENER == "llm" and not LLM_URL:
    raise ImproperlyConfigured("LISTENER=llm needs LLM_URL and LLM_MODEL")

# -- Metrics -----------------------------------------------------------------------------------


def metrics_token() -> str:
    """What opens /metrics from elsewhere; empty: no token does."""
    value = text("METRICS_TOKEN")
    if value and len(value) < 16:
        raise ImproperlyConfigured("METRICS_TOKEN must have at least 16 characters")
    return value


METRICS_TOKEN = metrics_token()
# 1: whoever reaches a web process itself, and not through a proxy, may read them.
METRICS = switch("METRICS", default=False)

# -- Logs --------------------------------------------------------------------------------------

LOG_LEVEL = one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "casesim.logs.WithoutSecrets"}},
    "formatters": {"line": {"()": "casesim.logs.OneLine"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["secrets"], "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django brings handlers of its own, which would print the path of a join link.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Three lines for each sweep, every five seconds, would bury the rest.
        **{
            name: {"level": "WARNING"}
            for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "httpx")
        },
    },
}

"""Settings: the only module that reads the environment. docs/settings.md lists every variable."""

from importlib.util import find_spec
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy

from config import env, logging, version

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("STRIDE_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("STRIDE_DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR / "secret_key")
VERSION = env.text("STRIDE_VERSION") or version.of_checkout(BASE_DIR)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.simple_history",
    "accounts.apps.StrideAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "allauth",
    "allauth.account",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "accounts",
    "frontend",
    "quizbank",
    "grader",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "grader.observing.RequestObserver",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "grader.notices.context",
            ],
        },
    },
]

# Data

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN instead of failing at its first write
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counters of rate limits; shared by all web processes where Redis is there.

CACHE_URL = env.text("CACHE_URL", env.text("CELERY_BROKER_URL"))
if CACHE_URL.startswith("redis"):
    CACHES = {"default": {"BACKEND": "config.cache.ForgivingRedisCache", "LOCATION": CACHE_URL}}

# Queue. No result backend: a submission's row is its result.

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT = "grader.broker:Transport"
    BROKER_DIR = VAR_DIR / "broker"
    for folder in ("messages", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.02,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # Sending a hint gives up soon: the page that sends it waits, and the sweeper sends it again.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"interval_max": 0.2, "socket_connect_timeout": 3}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_LOST_WAIT = 1.0  # a killed process holds up its place no longer: no result can still come
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_DB_REUSE_MAX = 10**12  # not a connection a task; config.celery.Task renews old ones

# Grading

env.hide_gpus()
RUNNER_SOCKET = Path(env.text("STRIDE_RUNNER_SOCKET") or env.short_socket_path(VAR_DIR / "runner.sock"))
RUNNER_EMBEDDED = env.flag("STRIDE_RUNNER_EMBEDDED", True)  # the worker starts the runner itself
RUNNER_PROFILES = env.names("STRIDE_RUNNER_PROFILES", "numpy,torch" if find_spec("torch") else "numpy")
LEASE_SECONDS = env.number("STRIDE_LEASE_SECONDS", 60)  # renewed while the judge works
MAX_ATTEMPTS = env.number("STRIDE_MAX_ATTEMPTS", 3)
SPEED_TIERS = env.flag("STRIDE_SPEED_TIERS", True)  # accepted answers are timed before their verdict is told
MAX_IN_FLIGHT = env.number("STRIDE_MAX_IN_FLIGHT", 3)  # a learner's unfinished submissions
MAX_QUEUED = env.number("STRIDE_MAX_QUEUED", 500)  # everybody's waiting ones in one queue
SWEEP_SECONDS = env.number("STRIDE_SWEEP_SECONDS", 3)
SOURCE_MAX_BYTES = 256 * 1024

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an installation without a mail server must work
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
if not env.text("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.ScopedRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min", "login": "10/min", "submit": "30/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.FormParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stride API",
    "DESCRIPTION": "Practise questions and submit exercises on convolutional networks.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "QuestionKindEnum": "quizbank.models.Question.Kind",
        "SubmissionKindEnum": "grader.models.Submission.Kind",
        "SubmissionStateEnum": "grader.models.Submission.State",
        "SubmissionEventKindEnum": "grader.models.SubmissionEvent.Kind",
        "ExerciseStateEnum": "grader.shelf.STATES",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Static files

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STRIDE_STATIC_ROOT", str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
FIGURES_DIR = BASE_DIR / "quizbank" / "figures" / "svg"  # what texts may name as figure:<name>
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = DEBUG

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
HTTPS = env.flag("STRIDE_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# Language, time, logs

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
LOG_FORMAT = env.choice("STRIDE_LOG_FORMAT", logging.FORMATS)
LOGGING = logging.configuration(LOG_FORMAT, env.text("STRIDE_LOG_LEVEL", "INFO"))
METRICS_TOKEN = env.text("STRIDE_METRICS_TOKEN")  # who sends it may read /metrics

UNFOLD = {
    "SITE_TITLE": "Stride",
    "SITE_HEADER": "Stride",
    "SITE_SUBHEADER": "Question banks",
    "SITE_URL": reverse_lazy("home"),
    "SITE_SYMBOL": "school",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")},
    ],
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("quizbank/admin.css")],
    "COLORS": {
        "primary": {  # around the accent of frontend/src/css/tokens.css
            "50": "#f0f3fe",
            "100": "#e0e7fd",
            "200": "#c6d2fb",
            "300": "#a3b5f7",
            "400": "#7d94f0",
            "500": "#5172e4",
            "600": "#2a4fd0",
            "700": "#1e3ea9",
            "800": "#1c3583",
            "900": "#1b2f68",
            "950": "#121e45",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "title": "Content",
                "items": [
                    {
                        "title": title,
                        "icon": icon,
                        "link": reverse_lazy(f"admin:quizbank_{model}_changelist"),
                        "permission": f"accounts.admin.may_view_{model}",
                    }
                    for title, icon, model in (
                        ("Questions", "quiz", "question"),
                        ("Sets", "playlist_add_check", "questionset"),
                        ("Topics", "category", "topic"),
                        ("Banks", "inventory_2", "bank"),
                    )
                ],
            },
            {
                "title": "Grading",
                "items": [
                    {
                        "title": title,
                        "icon": icon,
                        "link": reverse_lazy(f"admin:grader_{model}_changelist"),
                        "permission": "accounts.admin.is_instructor",
                    }
                    for title, icon, model in (
                        ("Submissions", "terminal", "submission"),
                        ("Workers", "memory", "workerbeat"),
                    )
                ]
                + [
                    {
                        "title": "Grade again",
                        "icon": "replay",
                        "link": reverse_lazy("staff-regrades"),
                        "permission": "accounts.admin.is_instructor",
                    },
                    {"title": "Operations", "icon": "monitoring", "link": reverse_lazy("staff-operations")},
                ],
            },
            {
                "title": "People",
                "items": [
                    {
                        "title": "Users",
                        "icon": "person",
                        "link": reverse_lazy("admin:accounts_user_changelist"),
                        "permission": "accounts.admin.may_view_user",
                    },
                ],
            },
        ],
    },
}

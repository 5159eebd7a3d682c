"""All settings; docs/settings.md tells each variable, its default and its unit."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from ops.gunicorn import processes
from tokenization import tokenizer
from zeeguu.base.env import (
    REDIS,
    env_bool,
    env_choice,
    env_choices,
    env_database,
    env_folder,
    env_header,
    env_host_limits,
    env_hosts,
    env_int,
    env_names,
    env_origins,
    env_own_origins,
    env_rate,
    env_secret,
    env_services,
    env_str,
    env_url,
    env_user_agent,
    env_web_address,
)
from zeeguu.base.faces import FACES
from zeeguu.base.headers import content_policy

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
HOUR_S, DAY_S = 3600, 86_400

# --- safety -----------------------------------------------------------------
DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_str("SECRET_KEY")
ALLOWED_HOSTS = env_names("ALLOWED_HOSTS", "localhost,127.0.0.1" if DEBUG else "")
if DEBUG and not SECRET_KEY:
    SECRET_KEY = "insecure-key-for-debugging-only"  # noqa: S105 - refused below
is_weak = len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5
if not DEBUG and (is_weak or SECRET_KEY.startswith("insecure")):
    raise ImproperlyConfigured(
        "SECRET_KEY must be a random text of 50 characters or more; make one with:"
        ' python -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty: list the names you serve")

HTTPS = env_bool("HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [f"^{face.prefix[1:]}" for face in FACES if face.is_plain]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000) if HTTPS else 0
# Promises for a whole domain and for good, which only its owner can make; so the checks
# of --deploy must not ask for them.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env_bool("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = HTTPS and env_bool("HSTS_PRELOAD", False)
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    raise ImproperlyConfigured("HSTS_PRELOAD=True needs HSTS_SUBDOMAINS=True too")
UNASKED_PROMISES = ["security.W005", "security.W021"]
CSRF_TRUSTED_ORIGINS = env_own_origins("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "zeeguu.base.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_policy(HTTPS)}

# --- application ------------------------------------------------------------
INSTALLED_APPS = [
    "articles",
    "tokenization",
    "learners",
    "ops",
    "zeeguu.admin_site.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "corsheaders",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "health_check",
    "csp",
]
MIDDLEWARE = [
    # Outermost, so that no answer goes without: neither errors nor static files.
    "csp.middleware.CSPMiddleware",
    "zeeguu.base.headers.PermissionsMiddleware",
    # Around all that looks at what is answered.
    "zeeguu.base.headers.HeadMiddleware",
    # Around all that makes answers: an error's are read from other origins too.
    "zeeguu.base.cors.OriginsMiddleware",
    "zeeguu.base.connections.ReleaseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "zeeguu.base.bodies.SizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zeeguu.base.compression.QuickGZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ops.outage.OutageMiddleware",
    "learners.api.signin.TooManyTriesMiddleware",
]
ROOT_URLCONF = "zeeguu.urls"
WSGI_APPLICATION = "zeeguu.wsgi.application"
AUTH_USER_MODEL = "learners.User"
AUTHENTICATION_BACKENDS = ["learners.backends.ThrottledBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL = "learners:sign-in", "learners:home"
LOGOUT_REDIRECT_URL = "learners:home"
# Of browsers and of programs, which send a token.
SESSION_ENGINE = "learners.accounts.store"
SESSION_AGE = timedelta(days=env_int("SESSION_DAYS", 30, minimum=1, maximum=3650))
# The session itself ends first; browsers keep no cookie for longer.
SESSION_COOKIE_AGE = 400 * DAY_S
SESSIONS_PER_USER = env_int("SESSIONS_PER_USER", 10, minimum=1, maximum=1000)
# Calls of a learner: how many in how many seconds, and how many at once after a pause.
# A tapped word is up to six, a page of a front end up to twenty.
BUDGETS = {
    "reading": (
        *env_rate("LEARNER_RATE", "600/min"),
        env_int("LEARNER_BURST", 200, minimum=1, maximum=100_000),
    ),
    # What makes or changes thousands of rows, or fetches and tokenizes.
    "heavy": (
        *env_rate("LEARNER_HEAVY_RATE", "30/min"),
        env_int("LEARNER_HEAVY_BURST", 15, minimum=1, maximum=100_000),
    ),
}
# Who may have an account: everybody, or who has the code of a class.
SIGN_UP = env_choice("SIGN_UP", "open", ("open", "invite"))
# Accounts made from an address of the network, and codes mailed to an e-mail address.
SIGN_UP_RATE = env_rate("SIGN_UP_RATE", "60/hour")
MAIL_RATE = env_rate("MAIL_RATE", "5/hour")
# Tries to sign in, and in how many seconds.
SIGN_IN_RATE = env_rate("SIGN_IN_RATE", "10/min")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database ---------------------------------------------------------------
DATABASES = {"default": env_database("DATABASE_URL", f"sqlite:///{VAR_DIR}/db.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while the crawler writes; IMMEDIATE takes the write lock
    # at once, so that a transaction waits for it instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env_int("DATABASE_TIMEOUT_S", 20, minimum=1),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        **DATABASES["default"].get("OPTIONS", {}),
    }
    # A connection serves its thread's requests for a minute, once it answers.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    STATEMENT_TIMEOUT_S = env_int("DATABASE_STATEMENT_TIMEOUT_S", 20, maximum=DAY_S)
    DATABASES["default"]["OPTIONS"] = {
        "charset": "utf8mb4",
        "sql_mode": "STRICT_TRANS_TABLES",
        "isolation_level": "read committed",
        "connect_timeout": env_int(
            "DATABASE_CONNECT_TIMEOUT_S", 3, minimum=1, maximum=HOUR_S
        ),
        **DATABASES["default"].get("OPTIONS", {}),
    }
    if STATEMENT_TIMEOUT_S:
        # A server that is silent for longer than it works on a statement is gone.
        silent = dict.fromkeys(
            ("read_timeout", "write_timeout"), STATEMENT_TIMEOUT_S + 5
        )
        DATABASES["default"]["OPTIONS"] = {**silent, **DATABASES["default"]["OPTIONS"]}
    DATABASES["default"]["POOL"] = {
        "size": env_int("DATABASE_POOL_SIZE", 10, maximum=10_000),
        "max_overflow": env_int("DATABASE_POOL_OVERFLOW", 20, maximum=10_000),
        "timeout_s": env_int("DATABASE_POOL_TIMEOUT_S", 5, minimum=1, maximum=HOUR_S),
        "recycle_s": env_int(
            "DATABASE_POOL_RECYCLE_S", HOUR_S, minimum=1, maximum=7 * DAY_S
        ),
        "statement_timeout_s": STATEMENT_TIMEOUT_S,
        "breaker_failures": env_int(
            "DATABASE_BREAKER_FAILURES", 5, minimum=1, maximum=10_000
        ),
        "breaker_retry_s": env_int(
            "DATABASE_BREAKER_RETRY_S", 2, minimum=1, maximum=HOUR_S
        ),
    }
    # Back to the pool at the end of each request.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4"}
# Connections of all other processes of the host: crawls, refills, Celery, you.
DATABASE_OTHER_CONNECTIONS = env_int("DATABASE_OTHER_CONNECTIONS", 20, maximum=100_000)
# utf8mb4 needs 4 bytes a character: 500 characters stay below the 3,072 bytes that an
# InnoDB index may have.
SILENCED_SYSTEM_CHECKS = ["mysql.W003", *UNASKED_PROMISES]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- mail -------------------------------------------------------------------
EMAIL_HOST = env_header("EMAIL_HOST", "")
# Without a server mails are written to standard output.
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
)
EMAIL_PORT = env_int("EMAIL_PORT", 587, minimum=1, maximum=65535)
EMAIL_HOST_USER = env_header("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD")
# STARTTLS, or TLS from the beginning.
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", True)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", False)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("EMAIL_USE_SSL=True needs EMAIL_USE_TLS=False")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_header("DEFAULT_FROM_EMAIL", "Zeeguu <zeeguu@localhost>")
# Sent by a thread, so that nobody waits.
MAIL_THREAD = True


# An article of 10,000 words can have more fragments than 1,000 form fields have room.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- texts and times --------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files -----------------------------------------------------------
STATIC_URL = "static/"
# Served by ourselves; a server in front can't look into var/, which is private.
STATIC_ROOT = env_folder("STATIC_ROOT", VAR_DIR / "static", is_read=True)
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
STATICFILES_DIRS = [BASE_DIR / "zeeguu" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- API --------------------------------------------------------------------
# Pages of other origins may call what zeeguu.base.faces says. Without credentials: a
# token goes in a header, and the admin's cookie must not work from elsewhere.
CORS_ALLOWED_ORIGINS = env_origins("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "if-none-match"]
CORS_EXPOSE_HEADERS = ["Allow", "ETag", "Location", "Retry-After", "WWW-Authenticate"]
CORS_PREFLIGHT_MAX_AGE = DAY_S
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "learners.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["zeeguu.base.api.ReadOnlyOrStaff"],
    "DEFAULT_RENDERER_CLASSES": [
        "zeeguu.base.api.JSONRenderer",
        "zeeguu.base.api.PageRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["zeeguu.base.api.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "zeeguu.base.api.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "zeeguu.base.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "zeeguu.base.api.CursorPages",
    # Without a proxy, X-Forwarded-For is whatever the client makes up.
    "NUM_PROXIES": env_int("TRUSTED_PROXIES", 0),
    "EXCEPTION_HANDLER": "zeeguu.base.errors.exception_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Zeeguu backend",
    "DESCRIPTION": "Foreign-language news with every word ready to be tapped.",
    "VERSION": "0.2.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "zeeguu.base.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "FeedStateEnum": "articles.models.FeedState",
        "ItemKindEnum": "articles.models.KINDS",
        "KnowledgeEnum": "learners.knowledge.store.State",
        "SittingKindEnum": "learners.readings.models.Sitting.Kind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- crawler ----------------------------------------------------------------
CRAWLER_USER_AGENT = env_user_agent(
    "CRAWLER_USER_AGENT", "ZeeguuCrawler/0.1 (+https://github.com/zeeguu)"
)
CRAWLER_ALLOWED_HOSTS = env_hosts("CRAWLER_ALLOWED_HOSTS")
# Our own machine, with the demo site, can take what it gets.
CRAWLER_HOST_LIMITS = env_host_limits("CRAWLER_HOST_LIMITS", "127.0.0.1=8/0")
CRAWLER_HOST_PATIENCE_S = env_int("CRAWLER_HOST_PATIENCE_S", 10, maximum=HOUR_S)
CRAWLER_ROBOTS_MAX_AGE_S = env_int(
    "CRAWLER_ROBOTS_MAX_AGE_S", DAY_S, minimum=60, maximum=7 * DAY_S
)
CRAWLER_TIMEOUT_S = env_int("CRAWLER_TIMEOUT_S", 30, minimum=1)
CRAWLER_MAX_BYTES = env_int("CRAWLER_MAX_BYTES", 5_000_000, minimum=1000)
CRAWLER_PARSE_TIMEOUT_S = env_int("CRAWLER_PARSE_TIMEOUT_S", 20, minimum=1)
CRAWLER_FEED_TIMEOUT_S = env_int("CRAWLER_FEED_TIMEOUT_S", 300, minimum=1)
CRAWLER_PARSE_MEMORY_MB = env_int("CRAWLER_PARSE_MEMORY_MB", 250, minimum=50)
CRAWLER_RUN_TIMEOUT_S = env_int("CRAWLER_RUN_TIMEOUT_S", HOUR_S, minimum=1)
CRAWLER_WORKERS = env_int("CRAWLER_WORKERS", 4, minimum=1, maximum=256)
CRAWL_HISTORY_DAYS = env_int("CRAWL_HISTORY_DAYS", 30, minimum=1, maximum=3650)
ARTICLE_KEEP_DAYS = env_int("ARTICLE_KEEP_DAYS", 0, maximum=36_500)
DEMO_SITE_PORT = env_int("DEMO_SITE_PORT", 8089, minimum=1024, maximum=65535)

# --- tokenizer --------------------------------------------------------------
STANZA_RESOURCES_DIR = tokenizer.RESOURCES_DIR
LEMMAS_DIR = tokenizer.LEMMAS_DIR
TOKENIZER_MAX_LANGUAGES = tokenizer.MAX_LANGUAGES
# Articles tokenized at a time for readers, in each process; 0 never.
TOKENIZE_ON_MISS_CONCURRENCY = env_int("TOKENIZE_ON_MISS_CONCURRENCY", 1, maximum=64)
TOKENIZE_ON_MISS_BUDGET_MS = env_int("TOKENIZE_ON_MISS_BUDGET_MS", 500, maximum=60_000)
# Glosses that each process keeps ready to be sent.
GLOSSES_CACHE_MB = env_int("GLOSSES_CACHE_MB", 8, maximum=1000)
# What is read is counted in memory; a thread writes it down.
TOKENIZATION_USAGE_THREAD = True

# --- dictionaries -----------------------------------------------------------
# Which of the bundled ones are loaded.
DICTIONARY_LICENCES = env_choices(
    "DICTIONARY_LICENCES", "core,cc-by-sa,gpl", ("core", "cc-by-sa", "gpl")
)
# Of translations that readers say are wrong, from one address.
DICTIONARY_REPORT_RATE = env_rate("DICTIONARY_REPORT_RATE", "30/min")

# --- learners ---------------------------------------------------------------
# What front ends say has happened, and how long somebody read at a time.
ACTIVITY_DAYS = env_int("ACTIVITY_DAYS", 365, minimum=1, maximum=36_500)
# Learners who report an article before nobody sees it any more; 0 never.
BROKEN_REPORTS = env_int("BROKEN_REPORTS", 3, maximum=10_000)
# Texts that a learner brings along: tries within a day, and all that there are.
TEXTS_PER_DAY = env_int("TEXTS_PER_DAY", 20, minimum=1, maximum=10_000)
TEXTS_PER_LEARNER = env_int("TEXTS_PER_LEARNER", 500, minimum=1, maximum=100_000)

# --- speech, optional -------------------------------------------------------
# Piper's voices, *.onnx; without, or without Piper, espeak-ng speaks.
PIPER_VOICES_DIR = env_str("PIPER_VOICES_DIR")
SPEECH_DIR = env_folder("SPEECH_DIR", VAR_DIR / "speech")
SPEECH_CACHE_MB = env_int("SPEECH_CACHE_MB", 200, maximum=1_000_000)
# Processes that speak at a time, of each of ours.
SPEECH_CONCURRENCY = env_int("SPEECH_CONCURRENCY", 2, minimum=1, maximum=64)
SPEECH_TIMEOUT_S = env_int("SPEECH_TIMEOUT_S", 10, minimum=1, maximum=60)
# Of a learner: texts that nobody has heard yet.
SPEECH_RATE = env_rate("SPEECH_RATE", "60/min")

# --- providers of translations, all optional -------------------------------
LIBRETRANSLATE_URL = env_web_address("LIBRETRANSLATE_URL")
LIBRETRANSLATE_KEY = env_secret("LIBRETRANSLATE_KEY")
LIBRETRANSLATE_TIMEOUT_S = env_int("LIBRETRANSLATE_TIMEOUT_S", 5, minimum=1, maximum=60)
OPENAI_URL = env_web_address("OPENAI_URL")
OPENAI_KEY = env_secret("OPENAI_KEY")
OPENAI_MODEL = env_str("OPENAI_MODEL")
OPENAI_TIMEOUT_S = env_int("OPENAI_TIMEOUT_S", 20, minimum=1, maximum=60)
if OPENAI_URL and not OPENAI_MODEL:
    raise ImproperlyConfigured("OPENAI_MODEL: name the model to ask at OPENAI_URL")
PROVIDER_HOSTS = env_services("PROVIDER_HOSTS", (LIBRETRANSLATE_URL, OPENAI_URL))
# Threads of a process that may be busy with them, of GUNICORN_THREADS.
PROVIDER_CONCURRENCY = env_int("PROVIDER_CONCURRENCY", 3, minimum=1, maximum=256)
PROVIDER_BREAKER_FAILURES = env_int(
    "PROVIDER_BREAKER_FAILURES", 3, minimum=1, maximum=10_000
)
PROVIDER_BREAKER_RETRY_S = env_int(
    "PROVIDER_BREAKER_RETRY_S", 30, minimum=1, maximum=HOUR_S
)
# What is asked anew, by an address and by all together.
PROVIDER_RATE = env_rate("PROVIDER_RATE", "30/min")
PROVIDER_TOTAL_RATE = env_rate("PROVIDER_TOTAL_RATE", "600/min")
PROVIDER_CACHE_DAYS = env_int("PROVIDER_CACHE_DAYS", 90, minimum=1, maximum=3650)
PROVIDER_CACHE_ROWS = env_int(
    "PROVIDER_CACHE_ROWS", 100_000, minimum=100, maximum=10_000_000
)

# --- Celery, where there is more than one machine ---------------------------
RABBITMQ = ("amqp", "amqps")
CELERY_BROKER_URL = env_url(
    "CELERY_BROKER_URL", "redis://127.0.0.1:6379/0", REDIS + RABBITMQ
)
# A broker, or a Redis, that is silent for longer is given up: to connect, and for each
# answer. Who sends tries twice; workers and beat go on trying for ever.
BROKER_TIMEOUT_S = env_int("BROKER_TIMEOUT_S", 5, minimum=1, maximum=HOUR_S)
CELERY_BROKER_CONNECTION_TIMEOUT = BROKER_TIMEOUT_S
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_TIME_LIMIT = HOUR_S
CELERY_TASK_IGNORE_RESULT = True
# A task whose worker is killed is done again by another one.
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TASK_ROUTES = {
    "tokenization.*": {"queue": "tokenize"},
    "crawl.clean*": {"queue": "clean"},
    "crawl.*": {"queue": "crawl"},
}
# How long a feed stays with a worker that may have been killed, its machine included.
CRAWL_LEASE_S = env_int("CRAWL_LEASE_S", 1800, minimum=1, maximum=DAY_S)
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": CRAWL_LEASE_S,
        "socket_timeout": BROKER_TIMEOUT_S,
        "socket_connect_timeout": BROKER_TIMEOUT_S,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "read_timeout": BROKER_TIMEOUT_S,
        "write_timeout": BROKER_TIMEOUT_S,
        # What was sent is in the queue only when RabbitMQ says so.
        "confirm_publish": True,
    }
# Where the crawl's workers agree on how often a host is asked.
CRAWLER_REDIS_URL = env_url(
    "CRAWLER_REDIS_URL",
    CELERY_BROKER_URL
    if CELERY_BROKER_URL.startswith("redis")
    else "redis://127.0.0.1:6379/0",
    REDIS,
)
CRAWL_INTERVAL_S = env_int("CRAWL_INTERVAL_S", 60, minimum=1)
REFILL_INTERVAL_S = env_int("REFILL_INTERVAL_S", 300, minimum=10)
CELERY_BEAT_SCHEDULE = {
    "refill": {
        "task": "tokenization.refill",
        "schedule": REFILL_INTERVAL_S,
        # One that was not begun when the next one comes has nothing left to do.
        "options": {"expires": REFILL_INTERVAL_S},
    },
    "crawl": {
        "task": "crawl.send_due",
        "schedule": CRAWL_INTERVAL_S,
        "options": {"expires": CRAWL_INTERVAL_S},
    },
    "clean": {
        "task": "crawl.clean",
        "schedule": DAY_S,
        "options": {"expires": DAY_S},
    },
    "clean_articles": {
        "task": "crawl.clean_articles",
        "schedule": DAY_S,
        "options": {"expires": DAY_S},
    },
}

# --- processes --------------------------------------------------------------
WEB_WORKERS, WEB_THREADS = processes.WORKERS, processes.THREADS
RUN_DIR = processes.RUN_DIR

# --- health -----------------------------------------------------------------
HEALTH_TOKEN = env_secret("HEALTH_TOKEN")
# What /health/ shows of each app, between what ops shows of database and processes.
HEALTH_CHECKS = [
    "tokenization.health.CHECKS",
    "articles.health.CHECKS",
    "learners.health.CHECKS",
]
COVERAGE_WARNING_PERCENT = env_int("COVERAGE_WARNING_PERCENT", 90, maximum=100)
FEED_SILENT_DAYS = env_int("FEED_SILENT_DAYS", 7, minimum=1, maximum=3650)
DELIVERY_HOURS = env_int("DELIVERY_HOURS", 48, minimum=1, maximum=87_600)

# --- logging ----------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        # Their INFO lines repeat what our report says, once per request.
        "httpx": {"level": "WARNING"},
        "trafilatura": {"level": "CRITICAL"},
        "stanza": {"level": "WARNING"},
        # What they tell is on the health pages.
        "health_check": {"level": "ERROR"},
        "ops.database.pool": {"level": "WARNING"},
    },
}

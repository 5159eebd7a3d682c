"""Settings of the tests: production's, but quick to hash and with nothing to deploy."""

import os

os.environ["SECRET_KEY"] = "for-tests-only-" * 4
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["HTTPS"] = "False"
os.environ["DEBUG"] = "False"
os.environ["CRAWLER_HOST_LIMITS"] = "127.0.0.1=8/0,localhost=8/0"
os.environ.setdefault("RUN_DIR", "var/test-run")
# A thread that tokenizes would not see what a test has not committed.
os.environ.setdefault("TOKENIZE_ON_MISS_CONCURRENCY", "0")
os.environ.setdefault("CRAWLER_WORKERS", "1")

from zeeguu.settings import *  # noqa: E402, F403 - after the environment is set

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
INSTALLED_APPS = [*INSTALLED_APPS, "zeeguu.tests.strict.StrictConfig"]  # noqa: F405
MAIL_THREAD = False
# The tests write the counts down themselves.
TOKENIZATION_USAGE_THREAD = False

# Each target does its own set-up; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MYSQL_TEST_URL ?= mysql://root@127.0.0.1:3306/zeeguu
export MYSQL_TEST_URL
define MYSQL_PROBE
import os, socket, sys, urllib.parse
url = urllib.parse.urlsplit(os.environ["MYSQL_TEST_URL"])
try:
    socket.create_connection((url.hostname, url.port or 3306), 3).close()
except OSError:
    sys.exit(1)
endef
export MYSQL_PROBE
define PINS
import json, sys
print("# All that is installed, with what it brings along; `make constraints` renews it, on")
print("# the oldest Python that is supported. Of torch, CUDA's own packages are pinned by it.")
found = (each["metadata"] for each in json.load(sys.stdin)["install"])
pins = (each["name"] + "==" + each["version"].partition("+")[0] for each in found)
print(*sorted(pins, key=str.lower), sep="\n")
endef
export PINS

.PHONY: help setup run demo demo-clean test lint test-nodb test-sqlite test-mysql mysql-driver fuzz bench figures constraints clean
.DEFAULT_GOAL := help
# A file whose making failed must not look made.
.DELETE_ON_ERROR:

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/base: requirements/base.txt requirements/constraints.txt
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the pinned requirements; the first time takes a few minutes." >&2
	@$(BIN)/pip install --quiet -r requirements/base.txt
	@touch $@

$(VENV)/dev: $(VENV)/base requirements/dev.txt requirements/celery.txt
	@$(BIN)/pip install --quiet -r requirements/dev.txt
	@touch $@

# Random, written once, and only for this machine; production sets its own.
.env:
	@umask 077 && $(PYTHON) -c 'import secrets; print(f"SECRET_KEY={secrets.token_urlsafe(50)}\nALLOWED_HOSTS=localhost,127.0.0.1\nHTTPS=False")' > $@

setup: $(VENV)/base .env ## install everything that `make run` needs
	@mkdir -p -m 700 var

run: setup ## serve at http://127.0.0.1:8000; a new database gets the demo first
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_dictionaries || test $$? -eq 1
	@$(BIN)/python manage.py lemmas build || test $$? -eq 1
	@$(BIN)/python manage.py demo --if-new || test $$? -eq 1
	@$(BIN)/python manage.py rebuild_search || test $$? -eq 1
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py ensure_admin
	@echo "Serving at http://$${BIND:-127.0.0.1:8000}, admin at /admin/, API at /api/docs/. Ctrl-C stops."
	@exec $(BIN)/gunicorn -c zeeguu/gunicorn.conf.py zeeguu.wsgi

demo: setup ## bring the demo's feeds and articles, also where they were taken away
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_dictionaries || test $$? -eq 1
	@$(BIN)/python manage.py lemmas build || test $$? -eq 1
	@$(BIN)/python manage.py demo || test $$? -eq 1

demo-clean: setup ## take the demo's feeds, articles and crawl runs away
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --remove --yes

# All at once, since many tests wait; what failed is named again at the end.
test: lint ## lint, then all tests, those of the database on SQLite and on MySQL where it answers
	@rm -f var/test-*.log
	@$(MAKE) --no-print-directory --keep-going -j3 test-nodb test-sqlite test-mysql || \
	  { grep -hE '^\w+: +(FAILED|ERROR|=.* in [0-9])' var/test-*.log; exit 1; }

lint: $(VENV)/dev ## ruff's rules and format, mypy's types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# $(call pytest_on,name,url,options): the tests on a database, with folders of their own.
# Each line begins with the name. After Ctrl-C pytest still says what it has done.
define pytest_on
mkdir -p -m 700 var; set -o pipefail; \
DATABASE_URL=$(2) RUN_DIR=var/test-run-$(1) $(BIN)/pytest -o cache_dir=var/test-cache-$(1) $(3) 2>&1 | \
{ trap "" INT; sed -u "s/^/$(1): /" | tee var/test-$(1).log; }
endef

test-nodb test-sqlite test-mysql: SHELL := bash

# What asks no database; that it has one all the same is for what it starts.
test-nodb: $(VENV)/dev mysql-driver
	@$(call pytest_on,nodb,sqlite:///var/test-nodb.sqlite3,-m nodb)

test-sqlite: $(VENV)/dev mysql-driver
	@$(call pytest_on,sqlite,sqlite:///var/test.sqlite3,-m "not nodb")

test-mysql: $(VENV)/dev mysql-driver
	@if $(BIN)/python -c "import MySQLdb; $$MYSQL_PROBE" 2>/dev/null; then $(call pytest_on,mysql,$(MYSQL_TEST_URL),-m "not nodb"); fi

# Before both, as some tests on SQLite are of the driver. Without it, or without a server
# at MYSQL_TEST_URL, the tests on MySQL are skipped; REQUIRE_MYSQL=1 makes that a failure.
mysql-driver: $(VENV)/dev
	@if ! $(BIN)/python -c "$$MYSQL_PROBE"; then \
	  echo "SKIPPED: no MySQL or MariaDB answers at MYSQL_TEST_URL"; \
	  test -z "$(REQUIRE_MYSQL)"; \
	elif ! $(BIN)/pip install --quiet -r requirements/mysql.txt; then \
	  echo "SKIPPED: mysqlclient can't be built; see docs/connections.md"; \
	  test -z "$(REQUIRE_MYSQL)"; \
	fi

fuzz: $(VENV)/dev ## throw made-up feeds and pages at the parsers, for a few minutes
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-4000} $(BIN)/pytest -m fuzz

figures: ## lines, type hints and docstrings of the code and the tests
	@$(PYTHON) -m ops.figures

bench: $(VENV)/dev ## run all benches, or one: make bench BENCH=list
	@$(BIN)/python -m ops.benchmarks $(BENCH)

constraints: $(VENV)/dev ## pin anew what the requirements bring along
	@mkdir -p -m 700 var
	@rm -rf var/pins && cp -r requirements var/pins && : > var/pins/constraints.txt
	@$(BIN)/pip install --quiet --dry-run --ignore-installed --report var/pins/found.json \
	  -r var/pins/dev.txt -r var/pins/production.txt
	@$(BIN)/python -c "$$PINS" < var/pins/found.json > requirements/constraints.txt
	@rm -r var/pins

clean: ## remove the virtual environment and all local data
	rm -rf $(VENV) var .env

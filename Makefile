# Needs Python 3.11 or newer and make; nothing else has to be on the machine.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo up test faults lint bench soak format requirements clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## Make .venv and install what is pinned

demo: $(STAMP) ## Start everything with a demo room; PORT=8001 for another port, NEW=1 for a new room
	@PORT="$(PORT)" $(PY) manage.py demo $(if $(NEW),--new)

up: $(STAMP) ## Start what compose.yaml names, on this machine: nginx, two web processes, PostgreSQL ...
	@PORT="$(PORT)" $(PY) manage.py up

test: $(STAMP) ## Run every test, on SQLite and on PostgreSQL, with a real Redis-compatible server
	$(PY) -m tests.servers --all

faults: $(STAMP) ## Break things at length: each row of the fault plan in its long form, ten minutes
	FAULTS=long $(PY) -m pytest tests/faults

lint: $(STAMP) ## Format, style, types, import contracts, migrations
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check

bench: $(STAMP) ## Measure the room against its goals, some fifteen minutes
	$(PY) -m bench

soak: $(STAMP) ## 200 rooms with bots for ten minutes: memory, logs, how late bots and phases are
	$(PY) -m bench soak

format: $(STAMP) ## Let ruff put the code in order
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

requirements: ## Pin the newest versions again (needs uv)
	uv pip compile $(PIN) requirements.in -o requirements.txt
	uv pip compile $(PIN) requirements-dev.in -o requirements-dev.txt

PIN := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --quiet

# The stamp is written last, so an installation that was cut short is made again from nothing.
$(STAMP): requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "casesim needs Python 3.11 or newer, and '$(PYTHON)' was not found; try make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "casesim needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) (once, about a minute)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --require-hashes --no-deps -r requirements-dev.txt
	@$(PY) -m pip check
	@touch $@

clean: ## Remove .venv and caches; var/ with its data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

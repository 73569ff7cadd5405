# What one does with this checkout. A machine needs Python 3.11 or newer and make; everything else is installed into .venv from the lock file.

PYTHON ?=
BIN := .venv/bin
# Tests make and drop some fifty thousand files of databases: in memory, where there are 4 GB to spare (they take half of one), unless told otherwise.
MEMORY := $(shell [ -w /dev/shm ] && df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')
TMPDIR ?= $(MEMORY)
PYTEST := $(if $(TMPDIR),TMPDIR=$(TMPDIR) )$(BIN)/python -m pytest -q
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

# Dozens of processes are started here: each would compile the whole project anew where Python may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo up test browser lint format types replay bench docs lock clean

help: ## List what can be done
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: .venv/.ready ## Play two years with 200 leads, time skipped, and write a report
	@$(BIN)/python -m demo

up: .venv/.ready ## Run everything on this machine until Ctrl-C
	@$(BIN)/python -m local.stack

test: lint types browser ## Check style, types and rooms, and run every test
	@$(BIN)/python -m compileall -q -j 0 -x '/[.]|/tests/' . # once, instead of in each process
	@$(PYTEST) --numprocesses 4 --dist loadfile --no-loadscope-reorder # many of them wait for servers: more at a time than a small machine has cores

lint: .venv/.ready ## Check style and which room imports which
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-logo >.venv/rooms.txt || { cat .venv/rooms.txt; exit 1; }

types: .venv/.ready ## Check types strictly
	@$(BIN)/pyrefly check --python-interpreter-path $(BIN)/python --summary=none

format: .venv/.ready ## Put style in order
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

replay: .venv/.ready ## Replay the recorded histories on today's code
	@$(PYTEST) tests/workflows/test_replay.py tests/workflows/test_fingerprint.py

bench: .venv/.ready ## Measure what a lead costs
	@$(BIN)/python -m benchmarks

docs: .venv/.ready ## Write the pages of docs/ that follow from the code
	@$(BIN)/python -m docs.generate

lock: .venv/.ready ## Pin the newest versions that pyproject.toml allows
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group dev -o requirements-dev.lock

clean: ## Remove what was installed and everything kept by 'make up'
	rm -rf .venv .state .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The system's own Python comes first: distributions build theirs with what a profile shows, and one without that takes a seventh longer for all.
.venv/.ready: requirements-dev.lock
	@set -eu; \
	if [ -n "$(PYTHON)" ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    for python in $(or $(PYTHON),/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11 python); do \
	        if "$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	    done; \
	    if [ -z "$$python" ]; then \
	        echo "Python 3.11 or newer is needed, with venv (on Debian and Ubuntu: the package python3-venv). Found: $$($(or $(PYTHON),python3) --version 2>/dev/null || echo none). Name another one with 'make PYTHON=/path/to/python3'." >&2; exit 1; \
	    fi; \
	    "$$python" -m venv --clear .venv; \
	fi; \
	echo "Installing into .venv with $$($(BIN)/python --version), from the lock file: a minute or two, once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

browser: .venv/.ready
	@$(BIN)/python tests/browser/chromium.py

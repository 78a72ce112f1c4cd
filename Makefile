# The README's commands. Each needs nothing else before it and may be run twice.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run install check format messages test bench lock clean

run: install
	@$(BIN)/ilim harvest sample-marc sample-dc || [ $$? -le 2 ]  # the page comes up all the same
	$(BIN)/ilim serve

MO := $(patsubst %.po,%.mo,$(wildcard aggregator/locale/*/*/*.po web/locale/*/*/*.po))

install: $(STAMP) $(MO)

%.mo: %.po $(STAMP)
	$(BIN)/pybabel -q compile -i $< -o $@

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: see README.md, 'What it needs'."; exit 2; }
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer with its venv module is needed: see README.md, 'What it needs'."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing the packages Ilim stands on (once, about a minute) …"
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -m "not slow" -n 2

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Brings the command line's catalogues up to date with the code: docs/glossary.md.
messages: install
	$(BIN)/python -m tests.messages

test: install
	tests/prepare
	$(BIN)/python -m tests.servers.elasticsearch_build
	$(BIN)/pytest -n 2 --dist loadfile

bench: install
	$(BIN)/python -m tests.bench $(if $(N),--works $(N))

# Pins for every supported Python; names no registry.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info

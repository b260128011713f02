# Everything a newcomer needs; see README.md. Python 3.11 or newer is found as python3 (or say PYTHON=…).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format messages docs site lock clean

demo: $(VENV)/demo.stamp  ## try everything with simulated platforms; Ctrl-C ends it
	@$(BIN)/python -m bot demo

test: $(VENV)/dev.stamp  ## the whole suite: what needs no processes side by side, then the rest one by one
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not processes and not browser"
	@$(BIN)/python -m pytest -m "processes or browser"

check: $(VENV)/dev.stamp  ## formatting, lint, types, import contracts, known vulnerabilities of the locked packages
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m requirements.audit

format: $(VENV)/dev.stamp  ## let the formatter and the linter mend what they can
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

messages: $(VENV)/dev.stamp  ## collect the sentences into the catalogues; then translate what is new
	@$(BIN)/python -m bot.locales.update

docs: $(VENV)/dev.stamp  ## write the pages anew that are made from the code and the conversations
	@$(BIN)/python -m bot.config_example > config.example.toml
	@$(BIN)/python -m docs.generate
	@$(BIN)/python -m tests.scenarios.document

site: $(VENV)/dev.stamp  ## build the documents into site/; every warning is an error
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env -c docs . site
	@echo "Open site/index.html"

lock: $(VENV)/dev.stamp  ## write the lock files anew from pyproject.toml
	@for part in run demo dev; do \
	  case $$part in run) extras=;; demo) extras='--extra demo';; dev) extras='--extra demo --extra dev';; esac; \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $$extras \
	    --custom-compile-command 'make lock' pyproject.toml --output-file requirements/$$part.txt; \
	done

clean:  ## remove the environment and caches
	rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Clarion needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)

# The development environment holds the demonstration's too, so the larger one is left alone when it is there.
$(VENV)/demo.stamp: requirements/demo.txt | $(VENV)/bin/python
	@test -f $(VENV)/dev.stamp || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/demo.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	@touch $@

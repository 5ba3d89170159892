# `make lab` opens the lessons, `make test` runs everything that guards the project. Both start from nothing but
# Python 3.11 or later, and do again only what is out of date.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11

.PHONY: help lab test bench build format protocol screenshots clean

help:
	@echo "make lab          open the lessons in JupyterLab (PORT=8888, BROWSER=none)"
	@echo "make test         everything that guards the project"
	@echo "make bench        speed and memory against peers, into docs/benchmarks.md"
	@echo "make build        a wheel in dist/"
	@echo "make format       bring Python and TypeScript into form"
	@echo "make protocol     TypeScript types from nnwidget/commands.py and nnwidget/frames.py"
	@echo "make screenshots  take the pictures in docs/images again"
	@echo "make clean        remove what was made, $(VENV) included"

lab: $(VENV)/installed
	@$(BIN)/python hatch_build.py
	@$(BIN)/nnwidget lab notebooks $(if $(PORT),--port $(PORT)) $(if $(filter none,$(BROWSER)),--no-browser)

test: $(VENV)/installed-dev
	@$(BIN)/python hatch_build.py
	@$(BIN)/python tests/everything.py

bench: $(VENV)/installed-dev
	$(BIN)/python -m tests.benchmarks

build: $(VENV)/installed-dev
	$(BIN)/python -m build --wheel --no-isolation

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python hatch_build.py npm run format

protocol: $(VENV)/installed-dev
	$(BIN)/python js/scripts/protocol.py

screenshots: $(VENV)/installed-dev
	@$(BIN)/python hatch_build.py
	$(BIN)/python -m tools.screenshots

clean:
	rm -rf $(VENV) dist test-results js/node_modules nnwidget/static .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@for python in $(PYTHONS); do \
	  if $$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then \
	    echo "Creating $(VENV) with $$($$python --version)"; \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "Could not create $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "nnwidget needs Python 3.11 or later; found $$(python3 --version 2>&1)" >&2; exit 1

$(VENV)/installed: pyproject.toml hatch_build.py | $(VENV)/bin/python
	@echo "Installing nnwidget and what it needs into $(VENV); the first time takes a few minutes"
	@$(PIP) install --quiet --editable . hatchling
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests need into $(VENV)"
	@$(PIP) install --quiet --editable '.[dev]'
	@touch $@

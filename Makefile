# Everything runs from .venv, which the first target makes; nothing else needs to be prepared.
#   make test ARGS="-k refund -x"     make demo ARGS="--port 8001"     make check PYTHON=python3.13

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := $(wildcard avoir tests bench)

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench bench-scale soak machine crash race fuzz mutate proof clean compiled tools-test tools-bench

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: compiled ## Start Avoir with a company's books in it, ready to click and call
	$(BIN)/avoir demo $(ARGS)

test: $(STAMP) tools-test ## Run every test, on SQLite and on PostgreSQL (which comes with a package)
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: $(STAMP) ## Format, lint, types, floors, and the rules of the house
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy --strict -p avoir
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q tests/house

format: $(STAMP) ## Lay the code out and mend what can be mended by machine
	$(BIN)/ruff check --fix-only --exit-zero $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: compiled tools-bench ## Measure, and write bench/results
	$(BIN)/python -m bench $(ARGS)

bench-scale: compiled ## Measure what things cost as the books grow, to a million lines; more: ARGS="--lines 10000000"
	$(BIN)/python -m bench.scale $(ARGS)

soak: $(STAMP) ## Simulate worlds in which everything goes wrong; ARGS="--seed 7 --worlds 1000" for a night
	$(BIN)/avoir simulate --worlds 20 --steps 20000 $(ARGS)

crash: $(STAMP) ## Kill the server at every statement of every kind of refund, on both databases
	AVOIR_CRASH=all $(BIN)/pytest -q -n 2 tests/races/test_crashes.py tests/races/test_database_gone.py $(ARGS)

race: $(STAMP) ## Race for the same things from many processes, and hold the histories against a serial order
	AVOIR_RACES=4 $(BIN)/pytest -q tests/races/test_histories.py tests/races/test_refunds.py $(ARGS)

machine: $(STAMP) ## Every command in any order against a plain model, on both databases, for long
	AVOIR_MACHINE=25 $(BIN)/pytest -q -n 2 tests/properties $(ARGS)

fuzz: $(STAMP) ## Send the server what no client means well with, for long
	AVOIR_FUZZ=50 $(BIN)/pytest -q -n 2 tests/hostile tests/faces/graphql/test_fuzz.py tests/faces/rest/test_fuzz.py tests/faces/rest/test_nothing_breaks.py $(ARGS)

mutate: $(STAMP) ## Spoil the law in one place at a time, and see that the tests notice; ARGS="money tax"
	$(BIN)/python -m tests.mutants $(ARGS)

proof: $(STAMP) ## Attack it in every way, and write docs/proof.md; ARGS="soak race" for some
	$(BIN)/python -m tests.proof $(ARGS)

audit: $(STAMP) ## Ask a public service for known vulnerabilities of what is installed; fails where it cannot be asked
	test -d $(VENV)/audit || { $(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/python -m pip install --quiet pip-audit; }
	$(BIN)/python -m pip freeze --exclude-editable > $(VENV)/installed.txt
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement $(VENV)/installed.txt $(ARGS)

clean: ## Remove what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name node_modules -prune -o -type d -name __pycache__ -exec rm -rf {} +

# A failed or broken-off install leaves no stamp, so the next make starts it anew.
$(STAMP): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
		echo "avoir needs Python 3.11 or newer, and there is no '$(PYTHON)' here; say which: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "avoir needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Say which to use: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# As pip leaves an installed package. Where Python is told to keep no bytecode (PYTHONDONTWRITEBYTECODE), a
# checkout would be compiled anew in every process, at twice the time of a start. What pip installed is done.
compiled: $(STAMP)
	@$(BIN)/python -m compileall -qq avoir bench $(VENV)/lib || true

# What the tests and benchmarks call besides Python: the vendor's client, a browser, wires to cut, a load generator.
tools-test: ; @$(call debian,node:nodejs npm:npm chromium:chromium ip:iproute2)
tools-bench: ; @$(call debian,wrk:wrk)

# Installs the Debian packages of the commands that are missing; $(1) is a list of command:package.
define debian
	missing=; for each in $(1); do command -v "$${each%%:*}" >/dev/null || missing="$$missing $${each##*:}"; done; \
	[ -z "$$missing" ] && exit 0; \
	command -v apt-get >/dev/null || { echo "please install:$$missing (there is no apt-get here)" >&2; exit 1; }; \
	if [ "$$(id -u)" = 0 ]; then become=; elif command -v sudo >/dev/null; then become=sudo; \
	else echo "please run as root: apt-get install$$missing" >&2; exit 1; fi; \
	$$become apt-get -qq update && \
	$$become env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $$missing
endef

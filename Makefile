# What this machine needs: Python 3.11 to 3.13, git, make. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
LAB_VENV ?= .venv-lab
BENCH_VENV ?= .venv-bench
# Where `make demo` keeps landing, warehouse and reports.
DEMO_HOME ?= var/demo
# Order lines, each a size; BENCH_ARGS are of `python -m tests.bench.main_job`.
BENCH_LINES ?= 100000 1000000 10000000
# Only to change the locks; everything else is plain pip.
UV ?= uv

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := $(VENV)/bin
CORE := $(VENV)/.core-installed
DEV := $(VENV)/.dev-installed
LAB := $(LAB_VENV)/.lab-installed
BENCH := $(BENCH_VENV)/.bench-installed
SPARK := $(VENV)/.spark-installed
PIP_INSTALL := -m pip --disable-pip-version-check install -qq --no-compile
COMPILE_LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --no-strip-extras

# $(call install,VENV,LOCK): everything pinned and hashed, then this checkout itself, then byte-compile.
# Uncompiled, the first import of great_expectations takes 15 s instead of 3. compileall's status is of no use:
# distributions ship templates and files for other Python versions that never compile.
define install
	$(1)/bin/python $(PIP_INSTALL) --require-hashes --no-deps --only-binary :all: -r $(2)
	$(1)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --no-index -e .
	$(1)/bin/python -m pip check > /dev/null || { $(1)/bin/python -m pip check; exit 1; }
	$(1)/bin/python -m compileall -q -q -j 0 $(1)/lib > /dev/null || true
endef

# $(call environment,VENV): make it, or say in one message why not.
define environment
	@command -v $(PYTHON) > /dev/null || { echo "there is no $(PYTHON) here; salesdesk needs Python 3.11, 3.12 or 3.13: make PYTHON=path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "salesdesk needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d.\n  next:     make PYTHON=python3.12 $(MAKECMDGOALS)" % v)'
	@echo "installing into $(1) (once; one to four minutes)"
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1) \
		|| { rm -rf $(1); echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef

.PHONY: help demo test lint audit format docs lock bench lab spark clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 10

demo: $(CORE) ## Install, write demo exports, run the main job on them, say where the report is
	@$(BIN)/salesdesk demo --home $(DEMO_HOME)

test: $(DEV) ## Install what development needs and run every test
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

lint: $(DEV) ## Check style, format, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.architecture.sql_layout

audit: ## Ask the public advisories about every pinned version
	@.ci/audit

format: $(DEV) ## Format Python; mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Renew the locks from pyproject.toml (needs uv; LOCK_ARGS=--upgrade for newer releases)
	@command -v $(UV) > /dev/null || { echo "make lock needs uv (pip install uv), or make UV=path/to/uv lock" >&2; exit 1; }
	$(COMPILE_LOCK) $(LOCK_ARGS) --extra build pyproject.toml -o requirements.lock
	$(COMPILE_LOCK) $(LOCK_ARGS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE_LOCK) $(LOCK_ARGS) --extra build --extra bench -c requirements.lock pyproject.toml -o requirements-bench.lock
	$(COMPILE_LOCK) $(LOCK_ARGS) --extra spark -c requirements-dev.lock pyproject.toml -o requirements-spark.lock
	$(COMPILE_LOCK) $(LOCK_ARGS) --extra build --extra lab -c requirements.lock pyproject.toml -o requirements-lab.lock

spark: $(SPARK) ## Install what `--engine spark` needs, but for Java 17 (its tests run in make test then)

docs: $(DEV) ## Write anew what is generated: README.md's metric table, the notebooks' twins, the table of real exports
	$(BIN)/python -m tests.docs.metric_table
	$(BIN)/python -m tests.docs.notebook_twins
	$(BIN)/python -m tests.exports.shared_table

bench: $(BENCH) ## Time the main job beside DuckDB, Polars and pandas by hand, and dbt where it is installed (BENCH_LINES, BENCH_ARGS)
	$(BENCH_VENV)/bin/python -m tests.bench.main_job --lines $(BENCH_LINES) $(BENCH_ARGS)

lab: $(LAB) ## Open the notebooks in JupyterLab, in an environment of its own
	PLOOMBER_STATS_ENABLED=false SALESDESK_HOME=$${SALESDESK_HOME:-$(CURDIR)/$(DEMO_HOME)} $(LAB_VENV)/bin/jupyter lab notebooks

clean: ## Remove environments and caches, never var/
	rm -rf $(VENV) $(LAB_VENV) $(BENCH_VENV) .venv-audit .venv-spark build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(CORE): requirements.lock pyproject.toml
	$(call environment,$(VENV))
	$(call install,$(VENV),requirements.lock)
	@touch $@

# The development lock holds the core's pins too, so it serves both.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml
	$(call environment,$(VENV))
	$(call install,$(VENV),requirements-dev.lock)
	@touch $(CORE) $@

$(BENCH): requirements-bench.lock pyproject.toml
	$(call environment,$(BENCH_VENV))
	$(call install,$(BENCH_VENV),requirements-bench.lock)
	@touch $@

# pyspark has no wheel: pip makes one. The rest of its lock is installed already.
$(SPARK): requirements-spark.lock $(DEV)
	$(BIN)/python $(PIP_INSTALL) --require-hashes --no-deps -r requirements-spark.lock
	@touch $@

$(LAB): requirements-lab.lock pyproject.toml
	$(call environment,$(LAB_VENV))
	$(call install,$(LAB_VENV),requirements-lab.lock)
	@touch $@

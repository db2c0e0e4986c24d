# Every command a developer or an operator needs; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run install dev check format test test-fast coverage soak soak-live bench bench-million bench-relay bench-returning generate docs lock migration clean

# How tests share the machine says tests/side_by_side.py. How many at once: make test WORKERS=6
WORKERS ?= auto
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist load --maxschedchunk 1

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: install ## Start everything on this machine and print the address (PORT=3100 make run for another port)
	@exec $(BIN)/python -m local

install: .venv/.installed ## Make the virtual environment with what the project needs

dev: .venv/.installed-dev ## The same with what tests and checks need

check: dev ## Style, types, import contracts, generated files, the reference, for Python and TypeScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m local.reference
	$(BIN)/python -m local.ui check

format: dev ## Format everything
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m local.ui npm run format

test: dev ## All tests: Python, browser and TypeScript
	$(BIN)/python -m local.ui test
	$(BIN)/pytest $(SIDE_BY_SIDE)

test-fast: dev ## What needs no processes, no browser and no PostgreSQL, in about a minute
	$(BIN)/python -m local.ui npm test
	$(BIN)/pytest $(SIDE_BY_SIDE) --numprocesses logical -m "not processes and not slow"

coverage: dev ## All Python tests, and which lines they reach, web and worker processes included
	$(BIN)/python -m local.ui prepare
	@mkdir -p var/coverage
	$(BIN)/pytest $(SIDE_BY_SIDE) --cov --cov-report=term --cov-report=html
	@echo "Line by line: var/coverage/html/index.html"

soak: dev ## Ten minutes of random faults over many batches; prints a report (ARGS="--minutes 1 --seed 7")
	$(BIN)/python -m tests.faults.soak $(ARGS)

soak-live: dev ## 500 clients at two web processes that are killed; prints a report (ARGS="--users 10 --batches 40")
	$(BIN)/python -m tests.faults.soak_live $(ARGS)

bench: .venv-bench/.installed ## Compare with Celery, RQ, Dramatiq, Huey and BullMQ (ARGS="--quick", or --help)
	.venv-bench/bin/python -m benchmarks $(ARGS)

bench-million: .venv-bench/.installed ## A million items in one batch: memory, speed, and how long others wait
	.venv-bench/bin/python -m benchmarks.million $(ARGS)

bench-relay: .venv-bench/.installed ## From Redis to the clients, beside Node's socket.io: latency, throughput, memory
	.venv-bench/bin/python -m benchmarks.relay $(ARGS)

bench-returning: .venv-bench/.installed ## Clients that come back all at once, with tokens and what they missed
	.venv-bench/bin/python -m benchmarks.returning $(ARGS)

generate: dev ## Write the TypeScript types anew from the Python models
	$(BIN)/python -m local.ui generate

docs: dev ## Build the reference of what operations and scripts may rely on, into docs/reference
	$(BIN)/python -m local.reference

migration: dev ## Write a new migration from the tables: make migration name=add_colour
	APP_ENV=test $(BIN)/flask db revision "$(name)"
	$(BIN)/ruff check --quiet --fix store/migrations
	$(BIN)/ruff format --quiet store/migrations

lock: dev ## Pin the newest versions of all requirements
	$(BIN)/python -m pip install --quiet uv
	for name in requirements requirements-dev benchmarks/requirements; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --quiet $$name.in -o $$name.txt && \
	  sed -i "1i # Compiled from $$name.in by \`make lock\`; do not edit." $$name.txt; \
	done

clean: ## Remove what is built or downloaded; keeps the data under var/
	rm -rf .venv .venv-bench frontend/node_modules tests/node_modules benchmarks/node_modules webapp/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache docs/reference

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed. Name one: make run PYTHON=python3.12'; exit 1; }
	@# A virtual environment does not survive that its folder is moved, nor an interrupted first start.
	@test "$$(cat .venv/.folder 2>/dev/null)" = "$(CURDIR)" || \
	  { rm -rf .venv && $(PYTHON) -m venv .venv && echo "$(CURDIR)" >.venv/.folder; }
	@echo "Installing the Python packages (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@echo "Installing what tests and checks need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# What Batchwire is compared with stays out of the environment that it is developed in.
.venv-bench/.installed: requirements.txt benchmarks/requirements.txt
	@echo "Installing what Batchwire is compared with"
	@rm -rf .venv-bench && $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  -r requirements.txt -r benchmarks/requirements.txt
	@touch $@

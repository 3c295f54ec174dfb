PYTHON ?= python3
BIN := .venv/bin
SERVER ?= embedded:pymap

.PHONY: run test check lint format lock bench clean

run: .venv/ready ; @$(BIN)/imap-conformance run --server $(SERVER)

test: .venv/ready ; @ci/test

check: .venv/ready ; @$(BIN)/imap-conformance check

lint: .venv/ready ; @ci/lint

format: .venv/ready ; @$(BIN)/ruff check --fix-only -q . ; $(BIN)/ruff format -q .

bench: .venv/ready ; @$(BIN)/python -m tests.benchmarks

lock: .venv/ready ; @ci/lock

clean: ; rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache

.venv/ready: pyproject.toml ci/requirements.lock ci/install ; @ci/install $(PYTHON)

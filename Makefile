# Two commands to begin with: make run, make test. Nothing else to install by hand than Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.DEFAULT_GOAL := help

help: ## show this help
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/locked: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cancer Guide needs Python 3.11 or newer; try: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch .venv/locked

install: .venv/locked ## create .venv from the lock file (only when the lock changed)

run: install ## start the skill and the simulator on 127.0.0.1, port from PORT (5000)
	@SKILL_ENV=development SKILL_SIMULATOR=true SKILL_PORT=$(PORT) exec $(BIN)/python app.py

test: install ## run the tests
	@$(BIN)/python -m pytest

.venv/locked-browser: .venv/locked requirements-browser.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	@touch .venv/locked-browser

test-browser: ## run the tests in a browser (Debian: apt-get install chromium)
	@test -n "$(CHROMIUM)" || { echo "The browser tests need Chromium: apt-get install chromium (or: make test-browser CHROMIUM=/path/to/it)" >&2; exit 1; }
	@$(MAKE) --no-print-directory .venv/locked-browser
	@CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest tests/browser

check: install ## lint, format, types, content, and whether what is compiled is up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m skill.content check
	@$(BIN)/python -m interaction_model --check
	@$(BIN)/python -m skill.find --check

check-apl: ## check the screen with Amazon's apl-suggester, where Node is there
	@scripts/check_apl

model: install ## compile what is made from the content: interaction model, ranking model
	@$(BIN)/python -m interaction_model
	@$(BIN)/python -m skill.find

.venv-encoder/locked: requirements-encoder.lock
	@test -x .venv-encoder/bin/python || $(PYTHON) -m venv .venv-encoder
	@.venv-encoder/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-encoder.lock
	@touch .venv-encoder/locked

encoder: .venv-encoder/locked ## make the encoder anew (seldom: PyTorch, half an hour); then: make model
	@HF_HUB_OFFLINE=1 PYTHONPATH=. .venv-encoder/bin/python scripts/distill.py

doctor: install ## look the SKILL_* variables, the address and the content over before Amazon does
	@$(BIN)/python -m skill doctor

check-links: install ## ask every link and source whether it is still there (uses the network, politely; minutes)
	@$(BIN)/python -m skill.content.links

lambda: install ## build the zip for AWS Lambda, build/cancer-guide-lambda.zip (packages: see deploy/lambda/build.py)
	@$(BIN)/python deploy/lambda/build.py $(if $(WHEELS),--wheels $(WHEELS))

bench: install ## time a whole turn, verification, find, and start-up
	@$(BIN)/python -m tests.bench

ask: install ## ask one question: make ask Q="what is hospice"
	@$(BIN)/python -m skill.simulator ask "$(Q)"

chat: install ## hold a conversation at the keyboard
	@$(BIN)/python -m skill.simulator chat

lock: install ## write the lock files anew from pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --extra dev --output-file requirements-dev.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --extra browser --constraint requirements-dev.lock --output-file requirements-browser.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --extra encoder --constraint requirements-dev.lock --output-file requirements-encoder.lock pyproject.toml

.PHONY: help install run test test-browser check check-apl model encoder bench ask chat lock doctor check-links lambda

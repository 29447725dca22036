# The commands of the house. Everything installs into .venv; nothing else on the machine is touched,
# but for the browser and the font that the browser tests need (make browser).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
K ?=

.PHONY: run dev test check bench soak browser clean

run: $(VENV)/run.stamp  ## start the demonstration: the bot, the platform in a box, a phone page, on one port
	@$(BIN)/python -m bot serve --demo

dev: $(VENV)/dev.stamp  ## all that tests and evaluation need

test: $(VENV)/dev.stamp browser  ## everything; make test K=M03 runs a selection
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not soak" $(if $(K),-k "$(K)")

check: $(VENV)/dev.stamp  ## format, lint, types, imports, content
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m kb check

bench: $(VENV)/dev.stamp  ## the whole bot against a bare echo, in one run
	@$(BIN)/python -m tests.bench

soak: $(VENV)/dev.stamp  ## longer campaigns
	@$(BIN)/python -m pytest -m soak

browser:  ## Chromium and a Chinese font, where they may be installed
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && echo "installing chromium and a Chinese font" && apt-get update -qq \
	  && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } || true

$(VENV)/run.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || { echo "[1/2] making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "[2/2] installing (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV) data build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

# Hounsfield on a bare Debian or Ubuntu machine (Python 3.11 or newer, make, root or sudo):
# `make run` and `make test` install what is missing and go. Elsewhere: see README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench fuzz docs-pictures translations setup system clean

# uv reads uv.lock; it lives in an environment of its own, so that neither the system's Python
# nor a missing pip matters. `make UV=uv ...` takes your own.
UV_VERSION := 0.13.8
UV ?= .uv/bin/uv
BIN := .venv/bin
READY := .venv/.synced
VIRTUAL_SCREEN := xvfb-run -a -s "-screen 0 1920x1200x24"

# An environment that happens to be active is not ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

ifeq ($(shell uname -s),Darwin)
HAS_SCREEN := yes
else
HAS_SCREEN := $(DISPLAY)$(WAYLAND_DISPLAY)
endif

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: setup  ## Open the viewer on the sample study (without a screen: walk through it, leave pictures in out/demo)
ifneq ($(HAS_SCREEN),)
	@$(BIN)/python main.py --sample
else
	@$(VIRTUAL_SCREEN) $(BIN)/python main.py demo --out out/demo
endif

test: lint  ## Check and test everything, without a screen
	$(BIN)/pytest tests/ml
	$(BIN)/pytest

lint: setup  ## Format, style, types and import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup  ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## Measure speed against other readers (see docs/benchmarks.md)
	$(UV) sync --locked --group bench
	$(BIN)/pytest -m bench -s --timeout 900 tests/bench

MINUTES ?= 10
fuzz: setup  ## Open damaged files with ever new damage for MINUTES (10); the suite has a fixed budget
	HOUNSFIELD_FUZZ_MINUTES=$(MINUTES) $(BIN)/pytest -q tests/integration/test_fuzz.py

translations: setup  ## Bring the catalogues of the languages up to date with the texts
	PYTHONPATH=. $(BIN)/python docs/make_translations.py

# DATA=FOLDER_OR_ZIP AT=X,Y,Z LINE="X,Y,Z ...": those of a real series (docs/pictures/README.md).
docs-pictures: setup  ## Take the pictures of the documents from the real window
	PYTHONPATH=. $(VIRTUAL_SCREEN) $(BIN)/python docs/make_pictures.py \
	  $(if $(DATA),--data "$(DATA)") $(if $(AT),--at="$(AT)") $(if $(LINE),--line="$(LINE)")

clean:  ## Remove what the other targets made
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist out
	find viewer ml tests resources -name __pycache__ -type d -prune -exec rm -rf {} +

setup: system $(READY)

system:
	@.ci/system-packages

$(READY): pyproject.toml uv.lock | system $(UV)
	$(UV) sync --locked
	@touch $@

.uv/bin/uv: Makefile .ci/bootstrap-uv | system
	.ci/bootstrap-uv $(UV_VERSION)
	@touch $@

# Everything a person needs: `make demo`, `make test`. Only Python >= 3.11 and make are required.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --locked

.PHONY: help uv setup demo test test-fast check docs bench clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

uv: $(if $(filter .uv/%,$(UV)),.uv/bin/uv)

setup: uv ## install the locked dependencies, those for development too
	$(UV) sync --locked

demo: uv ## build a workspace from sample data, run the main job, serve the API
	$(RUN) --no-default-groups qunxiang demo

test: setup ## every test
	$(RUN) pytest -n 2

test-fast: setup ## the tests without those marked slow
	$(RUN) pytest -m "not slow" -n 2

check: setup ## format, lint, import contracts, types, docs
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) lint-imports
	$(RUN) basedpyright
	$(RUN) mkdocs build --strict --quiet

docs: setup ## build the documentation into site/
	$(RUN) mkdocs build --strict

bench: setup ## list the benchmarks
	$(RUN) python -m benchmarks

clean: ## remove what can be made again
	rm -rf .venv .uv site dist build demo

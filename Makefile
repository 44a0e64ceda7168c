# Everything is made here: `make help` lists what there is.
# `.venv` makes itself, and again if pyproject.toml or constraints.txt has changed: first what
# generating and the demo need, the rest with the first target that needs it.

# The interpreter that .venv is made with; empty looks for one of 3.11 or later.
PYTHON ?=
# A named server or a URL; empty is the simulator.
SERVER ?=
# The folder of spec/ whose conformance suite runs, or that gets a new stream.
MARKET ?= spot
# What a stream is drafted from: a file of messages, the folder of a recording, or -.
MESSAGE ?=
# The name of the new stream, if its messages do not say it.
NAME ?=
# What its file is called; empty takes the words of its name.
KEY ?=
# The address of the streams of a market that has no folder of spec/ yet.
URL ?=
# How long the demo runs.
SECONDS ?= 10
# Where the simulator listens.
PORT ?= 9443
# How long the long run is.
MINUTES ?= 5
# How many runs of the cluster there are.
RUNS ?= 3
# Options of the benchmark, such as --quick or --suite pace.
BENCH ?=

RUN := .venv/bin/python
BASE := .venv/.base
VENV := .venv/.stamp
CHECKERS := .venv/.checkers-stamp
LOWEST := .lowest-venv/.stamp
PEERS := .peers-venv/.stamp
# What needs no connection, but for a few tests of the generator and of this project.
FAST := tests/unit tests/simulation tests/captures tests/codegen tests/project
# What the pure modules are tested with: none of it needs a connection.
PURE := tests/unit tests/simulation/test_found.py tests/simulation/test_raw.py \
	tests/simulation/test_redundancy.py tests/simulation/test_replays.py \
	tests/simulation/test_seeds.py \
	tests/compat/test_session.py tests/compat/test_texts.py
PIP := $(RUN) -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.PHONY: help demo demo-cluster test fast lowest coverage servers peers new-stream generate check lint format conformance simulator bench soak soak-cluster sdist wheel clean

help: ## List every target, and how long it takes once .venv is set up (a minute, by itself).
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: generate ## Show every stream live, 15 s: make demo [SERVER=production] [SECONDS=10].
	@echo 'Starting the demo ...' >&2
	@$(RUN) -m binance_streams watch --all BTCUSDT --output table --for '$(SECONDS)' \
		--server '$(or $(SERVER),simulator)' $(if $(SERVER),,--each)
	@$(if $(SERVER),,echo 'The same with real data: make demo SERVER=production')

demo-cluster: $(VENV) ## Kill a collector and a NATS server while a consumer reads the log, a minute.
	@$(RUN) -m tests.soak.cluster.demo

test: $(VENV) ## Run every test, the generated conformance suite included, 3 to 5 minutes.
	@$(RUN) -m pytest --numprocesses auto --dist loadfile

fast: $(VENV) ## Run what needs no connection, without the slowest of it, half a minute.
	@$(RUN) -m pytest --numprocesses auto --dist worksteal -m 'not slow' $(FAST)

lowest: $(LOWEST) ## Run every test with the lowest versions that pyproject.toml allows, 3 to 5 minutes.
	@.lowest-venv/bin/python -m pytest --numprocesses auto --dist loadfile

coverage: $(VENV) ## Fail if tests miss lines or branches of the pure modules, a minute.
	@$(RUN) -m pytest --numprocesses auto --dist worksteal -m 'not slow' $(PURE) --cov

servers: ## Install redis-server, which tests need and no wheel of ours has, half a minute.
	@if command -v redis-server >/dev/null; then exit; fi; \
	as_root=; [ "$$(id -u)" -eq 0 ] || as_root='sudo -n'; \
	apt() { \
		timeout 300 $$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq \
			-o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=60 "$$@" >/dev/null; \
	}; \
	if command -v apt-get >/dev/null; then \
		echo 'Installing redis-server ...' >&2; \
		apt install --yes redis-server || { apt update && apt install --yes redis-server; } || :; \
	fi; \
	command -v redis-server >/dev/null || \
		echo 'There is no redis-server, so the tests that need it are skipped. Install it with your' \
			'package manager, such as: brew install redis' >&2

peers: $(PEERS) ## Install other people's clients, which the relay is tested with, half a minute.

new-stream: $(BASE) ## Draft the spec of a stream, a second: make new-stream MESSAGE=file [NAME=btcusdt@x] [MARKET=binance_us].
	@$(if $(MESSAGE),,echo 'Say what it is drafted from: make new-stream MESSAGE=file (a file of messages,' \
		'the folder of a recording, or - for standard input)' >&2; exit 2)
	@$(RUN) -m codegen.draft --market '$(MARKET)' --name '$(NAME)' --key '$(KEY)' --url '$(URL)' \
		'$(MESSAGE)'

generate: $(BASE) ## Write generated/ from spec/, and the dashboard of Grafana, a few seconds.
	@echo 'Generating from spec/ ...' >&2
	@$(RUN) -m codegen
	@$(RUN) -m binance_streams.metrics > docs/grafana.json

check: $(BASE) ## Fail if generated/ is not what spec/ says, a few seconds.
	@$(RUN) -m codegen --check
	@$(RUN) -m binance_streams.metrics | cmp - docs/grafana.json

lint: $(CHECKERS) ## Check style and types of all code, and what five type checkers see of it, a minute.
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m tests.typechecks

format: $(BASE) ## Fix the style of hand-written code, a second.
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

conformance: $(VENV) ## Run the conformance suite against a server, a minute: make conformance [MARKET=binance_us] [SERVER=production].
	@$(RUN) -m pytest 'generated/conformance/$(MARKET)' $(if $(SERVER),--server '$(SERVER)')

simulator: $(BASE) ## Run the local server until Ctrl-C: make simulator [PORT=9443].
	@$(RUN) -m binance_streams serve --port '$(PORT)'

bench: $(VENV) ## Compare with other clients, about an hour: make bench [BENCH="--quick"].
	@$(RUN) -m benchmarks $(BENCH)

soak: $(VENV) ## Run the client under faults, 5 minutes: make soak [MINUTES=5].
	@$(RUN) -m tests.soak --minutes '$(MINUTES)'

soak-cluster: $(VENV) ## Run collectors and NATS servers under faults, compare the log, 6 minutes: make soak-cluster [RUNS=3].
	@$(RUN) -m tests.soak.cluster --runs '$(RUNS)'

sdist: $(VENV) ## Build the source distribution into dist/, a few seconds.
	@$(RUN) -m build --sdist --no-isolation

wheel: $(VENV) ## Build the wheel into dist/, a few seconds.
	@$(RUN) -m build --wheel --no-isolation

clean: ## Remove .venv, dist/ and all caches.
	rm -rf .venv .lowest-venv .peers-venv .bench-venv dist build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched last, so that a setup that failed halfway is repeated.
$(BASE): pyproject.toml constraints.txt
	@set -- python3.11 python3.12 python3.13 python3.14 python3; \
	given='$(PYTHON)'; [ -z "$$given" ] || set -- "$$given"; \
	for candidate do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "Python 3.11 or later is needed; tried: $$*. Name one: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	why=', once:'; \
	[ ! -e $(BASE) ] || why=' again, as pyproject.toml or constraints.txt has changed:'; \
	echo "Setting up .venv with $$("$$found" --version)$$why" >&2; \
	echo '  1 of 4: the environment ...' >&2; \
	[ -e $(BASE) ] || [ -e $(VENV) ] || clear=--clear; \
	"$$found" -m venv $${clear:-} .venv
	@echo '  2 of 4: pip ...' >&2
	@$(PIP) install --upgrade --constraint constraints.txt pip
	@echo '  3 of 4: what generates the client and shows the demo ...' >&2
	@$(PIP) install --constraint constraints.txt --group base
	@echo '  4 of 4: the client and the simulator ...' >&2
	@$(PIP) install --constraint constraints.txt --no-build-isolation --editable '.[simulator]'
	@touch $@

$(VENV): $(BASE)
	@echo "Adding to .venv what tests need, $$([ -e $@ ] && echo again || echo once) ..." >&2
	@$(PIP) install --constraint constraints.txt --group dev
	@touch $@

# Separate from the rest, as they are large and nothing else needs them.
$(CHECKERS): $(VENV)
	@echo "Adding to .venv the type checkers, $$([ -e $@ ] && echo again || echo once) ..." >&2
	@$(PIP) install --constraint constraints.txt --group checkers
	@touch $@

# The old official client has the same import name as another one, so it has a folder of its own.
$(PEERS): $(BASE) $(wildcard tests/relay/clients/peers*.txt)
	@echo "Setting up .peers-venv with other people's clients, once ..." >&2
	@$(RUN) -m venv --clear .peers-venv
	@$(PIP) --python .peers-venv install --requirement tests/relay/clients/peers.txt
	@$(PIP) --python .peers-venv install --no-deps --target .peers-venv/connector \
		--requirement tests/relay/clients/peers-connector.txt
	@if command -v npm >/dev/null; then \
		npm install --silent --no-audit --no-fund --prefix .peers-venv/node ws@8.23.0 >/dev/null || :; \
	fi
	@touch $@

# Everything else has the usual versions, so that only these differ, but for the SDK that tests use
# and that needs the same version of its API.
$(LOWEST): $(BASE) lowest.txt
	@echo 'Setting up .lowest-venv, once ...' >&2
	@$(RUN) -m venv --clear .lowest-venv
	@$(PIP) --python .lowest-venv install --upgrade --constraint constraints.txt pip
	@$(PIP) --python .lowest-venv install --constraint constraints.txt --group dev
	@$(PIP) --python .lowest-venv install --requirement lowest.txt opentelemetry-sdk==1.25
	@$(PIP) --python .lowest-venv install --no-deps --no-build-isolation --editable .
	@touch $@

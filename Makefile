# make run    everything, ready to use        make demo   the year 2023 in a minute or two
# make test   all tests                       make check  lint, types, arrows and the quick tests
# make crash  a hundred times kill -9         make bench  figures as ratios
# make simulate  weeks of the whole house on a simulated machine, each seed another
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Where this is set, every process of the tests would compile all modules anew: 8 seconds for pytest alone.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run demo test check quick reckoning slow slow-prefect slow-others lint bench benches crash simulate fuzz lock dist clean pictures

run: $(VENV)/.ready
	@exec $(BIN)/dondoc up

demo: $(VENV)/.ready
	@exec $(BIN)/dondoc demo

# What `make check` asks and what it leaves out in one run, which collects once and is idle once at its end; then files
# that start servers and wait for them. All at once took as long on two cores, and what waits for an answer within
# seconds did not always get it.
test: $(VENV)/.ready-dev
	@$(MAKE) --no-print-directory -j 2 lint reckoning
	@$(MAKE) --no-print-directory slow

reckoning: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not slow"

# Those that take longest go first; what waits leaves the cores to the others.
LONGEST = crash|every_page|fuzz|killed_server|machines|needs|plan_of_2026|six_months|supervisor|test_api|test_browser.py|waiting_for_a_writer|wheel
slow: $(VENV)/.ready-dev
	@$(MAKE) --no-print-directory -j 2 slow-prefect slow-others

# Each file in a process of its own, one after another: Prefect keeps its settings, event and log workers for a whole
# process, and two servers in one would hear each other's runs.
slow-prefect: $(VENV)/.ready-dev
	@grep -rl "mark.prefect" tests --include='test_*.py' | sort | xargs -I{} sh -c \
		'said=$$($(BIN)/python -m pytest -q -m slow {} 2>&1); ended=$$?; echo "\n{}\n$$said"; exit $$ended'

# A file as a whole in one of three processes, which read code, make databases and start PostgreSQL once for all.
slow-others: $(VENV)/.ready-dev
	@grep -rl "mark.slow" tests --include='test_*.py' | xargs grep -L "mark.prefect" \
		| awk '{print !/$(LONGEST)/ " " $$0}' | sort | cut -c3- \
		| xargs $(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m slow

# The two side by side: types are looked at on one core, and tests wait for servers now and then.
check: $(VENV)/.ready-dev
	@$(MAKE) --no-print-directory -j 2 lint quick

quick: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -q -n 2 --dist worksteal --hypothesis-profile=few -m "not slow and not later"

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Within an hour; larger or smaller with SIZES="--all 1000000 --growth 10000 1000000".
SIZES ?=
bench: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/table.py --write $(SIZES)

# Each by itself, which says more of each and takes hours.
benches: $(VENV)/.ready-dev
	for each in $(filter-out benchmarks/table.py,$(wildcard benchmarks/*.py)); do $(BIN)/python $$each || exit 1; done

# Another moment each time with SEED=…; less often with KILLS=….
KILLS ?= 100
SEED ?= 20230817
crash: $(VENV)/.ready-dev
	$(BIN)/python tests/stories/killed_at_random.py --kills $(KILLS) --seed $(SEED)
	$(BIN)/python tests/stories/killed_while_used.py --kills $(KILLS) --seed $(SEED)

# The whole house on a simulated machine; one that failed again with SEEDS=1 FROM=….
SEEDS ?= 100
FROM ?= 1
simulate: $(VENV)/.ready-dev
	$(BIN)/python tests/simulation/simulate.py --seeds $(SEEDS) --from $(FROM)

# Odd requests to every route, in every role, and through the door to Prefect; fewer with REQUESTS=….
REQUESTS ?= 100000
fuzz: $(VENV)/.ready-dev
	$(BIN)/python tests/fuzz/fuzz.py --requests $(REQUESTS) --seed $(SEED)

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

$(VENV)/bin/python:
	@./.ci/make-venv "$(PYTHON)" "$(VENV)"

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Đang cài đặt các gói cần thiết (lần đầu mất khoảng một phút) … Installing."
	@$(BIN)/python .ci/install requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@$(BIN)/python .ci/install requirements-dev.lock
	@touch $@

# A wheel and its source, for `pipx install dist/dondoc-….whl` on a machine without a checkout (docs/operations.md).
dist: $(VENV)/.ready
	@rm -rf dist
	@$(BIN)/python -m hatchling build -d dist

# The pictures of the documents, from the sample.
pictures: $(VENV)/.ready-dev
	$(BIN)/python -m rehearsal.pictures

# After a change of pyproject.toml. Needs uv; uv.lock itself holds download addresses and is not kept.
lock:
	uv lock --upgrade --quiet
	uv export --quiet --no-emit-project --no-header --no-annotate --extra build -o requirements.lock
	uv export --quiet --no-emit-project --no-header --no-annotate --extra build --extra many -o requirements-many.lock
	uv export --quiet --no-emit-project --no-header --no-annotate --all-extras -o requirements-dev.lock
	rm uv.lock

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

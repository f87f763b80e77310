# The front door. Every target installs what it needs first (Debian 12; scripts/setup says what), so that each can be the first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 150
KILL_ROUNDS ?= 100
SOAK_PERIOD ?= 1ms
TESTIGO_CALLS ?= 100000
ARGS ?=
TOLERANCE ?=

build = cmake --build build/$(1) --parallel $(JOBS)
ctest = ctest --test-dir build/$(1) --output-on-failure --parallel $(JOBS) --timeout 300 $(ARGS)

export PATH := $(shell scripts/page-node)$(PATH)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup-build build/release/build.ninja ## the proof, then the lie that it finds (TOLERANCE=400ms is kind to slow machines)
	$(call build,release) --target testigo testigo-greeter
	@TESTIGO_BIN=$(CURDIR)/build/release/bin scripts/demo $(if $(TOLERANCE),--tolerance $(TOLERANCE))

.PHONY: test
test: setup-test build/dev/build.ninja ## build and run every test (ARGS='-R tap' chooses; any option of ctest)
	$(call build,dev)
	$(call ctest,dev)

.PHONY: e2e
e2e: setup-test build/release/build.ninja ## of the tests those that run the programs, as users have them; twice as many at once as else, for they mostly wait
	cmake --preset release -DTESTIGO_E2E=ON --log-level=WARNING >/dev/null
	$(call build,release) --target testigo testigo-greeter
	$(call ctest,release) --parallel $$((2 * $(JOBS)))

.PHONY: lint
lint: setup-lint ## format, clang-tidy, include table, dead files, links and commands of the documents
	JOBS=$(JOBS) scripts/lint

.PHONY: page
page: setup-page ## web/: types, tests, and that web/dist/page.html is what its sources make
	npm --prefix web run check
	npm --prefix web test
	npm --prefix web run build
	@git diff --exit-code --stat -- web/dist || { echo 'make page: web/dist/page.html was not what its sources make; commit it as it is now' >&2; exit 1; }

.PHONY: format
format: setup-lint ## put every source into the project's format
	scripts/sources | xargs clang-format-16 -i

.PHONY: asan
asan: setup-test build/asan/build.ninja ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer, but for documents, peers and what takes long in other programs
	$(call build,asan)
	$(call ctest,asan) -E '^e2e\.(go|greeter|guide|node|page|python|report|reported|rotation|show)$$'

.PHONY: tsan
tsan: setup-test build/tsan/build.ninja ## the tests of the rooms with threads under ThreadSanitizer
	$(call build,tsan)
	$(call ctest,tsan)

.PHONY: fuzz
fuzz: setup-fuzz build/fuzz/build.ninja ## every fuzz target for FUZZ_SECONDS each (60)
	$(call build,fuzz) --target fuzz/all
	JOBS=$(JOBS) scripts/fuzz $(FUZZ_SECONDS)

.PHONY: compose
compose: setup-build build/release/build.ninja ## the image and compose.yaml under test: what goes wrong there, and what the verdict says of it (starts Docker if none runs)
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_BIN=$(CURDIR)/build/release/bin scripts/with-docker scripts/compose-test

.PHONY: soak
soak: setup-test build/release/build.ninja ## for SOAK_SECONDS (150) ten clients each SOAK_PERIOD (1ms), every file rotated away (as root)
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_SOAK_SECONDS=$(SOAK_SECONDS) TESTIGO_SOAK_PERIOD=$(SOAK_PERIOD) TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/e2e/rotation_test.py

.PHONY: kill
kill: setup-test build/release/build.ninja ## parts of a run killed at random moments, KILL_ROUNDS (100) times: what was said before is there, what is missing is said
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_KILL_ROUNDS=$(KILL_ROUNDS) TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/e2e/show_test.py Killed

.PHONY: yardsticks
yardsticks: setup-test build/release/build.ninja build/bench/build.ninja ## how fast and small it is, beside others; writes docs/performance.md; and the page (ARGS=--ci: a twentieth, and what it must reach)
	$(call build,release) --target testigo testigo-greeter
	$(call build,bench) --target hpack_bench ledger_bench frame_loop_server replay
	PYTHONDONTWRITEBYTECODE=1 python3 bench/yardsticks.py $(ARGS)

.PHONY: truth
truth: setup-test build/release/build.ninja ## what is said of calls when packets are lost, beside tshark; writes docs/truth.md
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 bench/truth.py $(ARGS)

.PHONY: captures
captures: setup-test build/release/build.ninja ## the golden captures of captures/ made anew, on every stack of interop/ and ours, and what is edited from them
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/e2e/make_captures.py
	TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/breaks/make_breaks.py

.PHONY: breaks
breaks: setup-test build/release/build.ninja ## the captures that break each check, edited from the golden ones
	$(call build,release) --target testigo
	TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/breaks/make_breaks.py

.PHONY: clean-traffic
clean-traffic: setup-test build/release/build.ninja ## TESTIGO_CALLS (100000) calls of every stack, none of which may break a check
	$(call build,release) --target testigo testigo-greeter
	TESTIGO_CALLS=$(TESTIGO_CALLS) TESTIGO_BIN=$(CURDIR)/build/release/bin PYTHONDONTWRITEBYTECODE=1 python3 tests/e2e/clean_traffic.py

.PHONY: install
install: setup-build build/release/build.ninja ## both programs and their licence under PREFIX (/usr/local); DESTDIR for packagers
	$(call build,release) --target testigo testigo-greeter
	@scripts/install "$(PREFIX)" "$(DESTDIR)"

.PHONY: uninstall
uninstall: ## remove exactly what install put under PREFIX
	@scripts/uninstall "$(PREFIX)" "$(DESTDIR)"

.PHONY: clean
clean: ## remove everything built
	rm -rf build

.PHONY: setup-build setup-test setup-lint setup-fuzz setup-page
setup-build setup-test setup-lint setup-fuzz setup-page: setup-%:
	@scripts/setup $*

build/%/build.ninja: CMakePresets.json CMakeLists.txt | setup-build
	@echo "cmake --preset $*"; cmake --preset $* >/dev/null
	@touch $@

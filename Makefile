# What a user types. Every target says what it does, asks nothing, and is quick the second time.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PRESET ?= release
BUILD := build/$(PRESET)
JOBS ?= $(shell nproc)
RUN := $(BUILD)/bin/inferometer

.PHONY: help compare build test lint format check-clang asan tsan clean system-packages test-packages engines

help:
	@echo "make compare   build, install three engines and MiniLM, and compare six configurations (needs the network once)"
	@echo "make build     build the programs into $(BUILD)"
	@echo "make test      lint, build and run all tests"
	@echo "make lint      formatting, naming and layering"
	@echo "make asan      the tests under address and undefined-behaviour sanitizers (also: make tsan)"
	@echo "make clean     remove the build folder; installed engines stay (inferometer packages remove NAME)"

system-packages:
	@scripts/setup/system_packages.sh build

test-packages:
	@scripts/setup/system_packages.sh build test

build: system-packages
	@scripts/setup/build.sh $(PRESET) $(JOBS)

engines: build
	@$(RUN) packages install onnxruntime litert tensorflow tensorflow-toolchain minilm

# Exit 1 says that a candidate failed: full int8 of a BERT computes the wrong thing, and the report says so.
compare: engines
	@$(RUN) compare minilm --set bert --mode quick || [ $$? -eq 1 ]

lint: test-packages
	@scripts/lint/all.sh

test: test-packages lint
	@scripts/setup/test.sh $(JOBS)

format: test-packages
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

asan tsan: test-packages
	@scripts/setup/build.sh $@ $(JOBS)
	@ctest --test-dir build/$@ --output-on-failure --parallel $(JOBS)

check-clang: test-packages
	@scripts/setup/build.sh clang $(JOBS)

clean:
	rm -rf build

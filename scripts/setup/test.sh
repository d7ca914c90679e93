#!/usr/bin/env bash
# Builds the dev preset (warnings are errors) and runs every test; engines are installed so that the workers
# of real engines are tested and not skipped. usage: test.sh JOBS
set -euo pipefail
jobs=$1
scripts/setup/build.sh dev "$jobs"
# A home of its own: tests must not see or touch the user's record.
export INFEROMETER_HOME=$PWD/build/home
# (two versions of each engine stand side by side)
build/dev/bin/inferometer packages install \
  onnxruntime openvino litert tensorflow minilm inputs tensorflow-toolchain duckdb \
  onnxruntime@1.24.4 openvino@2025.4.1
ctest --test-dir build/dev --output-on-failure --no-tests=error --parallel "$jobs"

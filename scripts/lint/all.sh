#!/usr/bin/env bash
# Every check that needs no build. Prints what is wrong, exits non-zero.
set -uo pipefail
cd "$(git rev-parse --show-toplevel)"
failed=0
run() { "$@" || { echo "lint: $* failed" >&2; failed=1; }; }
run python3 -m unittest discover --quiet --start-directory scripts/lint --pattern "*_test.py"
run scripts/lint/check_format.sh
run python3 scripts/lint/check_layers.py
run python3 scripts/lint/check_names.py
run python3 scripts/lint/check_sizes.py
run python3 scripts/lint/check_places.py
run python3 scripts/lint/check_functions.py
exit $failed

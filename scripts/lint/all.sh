#!/usr/bin/env bash
# Every check that needs no build. Prints what is wrong, exits non-zero.
set -uo pipefail
cd "$(git rev-parse --show-toplevel)"
failed=0
run() { "$@" || { echo "lint: $1 failed" >&2; failed=1; }; }
run scripts/lint/check_format.sh
run python3 scripts/lint/check_layers.py
run python3 scripts/lint/check_names.py
run python3 scripts/lint/check_sizes.py
run python3 scripts/lint/check_places.py
exit $failed

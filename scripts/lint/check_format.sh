#!/usr/bin/env bash
# clang-format agrees with every C++ file. Mend with: make format
set -euo pipefail
git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run --Werror 2>&1 | grep -E 'error:' | sed 's/: error.*/: not formatted (make format)/' | sort -u >&2 && exit 1 || exit 0

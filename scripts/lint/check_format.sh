#!/usr/bin/env bash
# clang-format agrees with every C++ file. Mend with: make format
set -uo pipefail
wrong=$(git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run --Werror 2>&1 | grep -oE '^[^: ]+\.(h|cpp)' | sort -u)
[ -z "$wrong" ] && exit 0
echo "$wrong" | sed 's/$/: not formatted (make format)/' >&2
exit 1

#!/usr/bin/env bash
# Configures and builds one preset; quiet unless something is wrong. usage: build.sh PRESET JOBS
set -euo pipefail
preset=$1
jobs=$2
start=$SECONDS
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! [ -f "build/$preset/build.ninja" ]; then
  echo "configuring build/$preset" >&2
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
if ! ninja -C "build/$preset" -n 2>/dev/null | grep -q 'no work to do'; then
  echo "building build/$preset with $jobs jobs" >&2
  cmake --build "build/$preset" --parallel "$jobs" >"$log" 2>&1 || { grep -E 'error|FAILED|warning' "$log" >&2 || tail -n 40 "$log" >&2; exit 1; }
  echo "built in $((SECONDS - start)) s" >&2
fi

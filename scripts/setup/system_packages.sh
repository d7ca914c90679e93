#!/usr/bin/env bash
# Installs the Debian packages that building (and testing) needs, only those that are missing.
# usage: system_packages.sh build [test]
set -euo pipefail

build=(
  g++               # the compiler
  cmake ninja-build # the build
  libcli11-dev      # command line
  libfmt-dev        # text
  nlohmann-json3-dev # JSON
  libssl-dev        # SHA-256
  libcurl4-openssl-dev # the Hugging Face hub
  zlib1g-dev        # npz files
  libprotobuf-dev protobuf-compiler # ONNX files
  libyaml-cpp-dev   # suite files
  python3 python3-pip python3-venv  # the registry client that installs engines
  xz-utils git ca-certificates
)
test=(
  libgtest-dev libgmock-dev # unit tests
  librapidcheck-dev         # properties
  clang clang-format clang-tidy # lint and the second compiler
  chromium chromium-driver      # the HTML report is looked at in a browser
)

wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    *) echo "system_packages.sh: unknown group '$group' (known: build, test)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "missing Debian packages: ${missing[*]}; run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "installing Debian packages for $*: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
start=$SECONDS
if ! { "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  exit 1
fi
grep '^Fetched' "$log" >&2 || true # apt tells its network time
echo "installed in $((SECONDS - start)) s" >&2

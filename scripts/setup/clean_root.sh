#!/usr/bin/env bash
# Proves the Dockerfile where there is no container engine: makes a clean Debian root, runs every
# instruction of the Dockerfile in it, then every `docker run` line of docs/coming-from.md, with short settings
# and without a network. What was not committed is not in it. Prints the time of each step, of which network.
# usage: clean_root.sh FOLDER [PATTERN]     FOLDER: absent or empty; is left for a look
#                                           PATTERN: only the `docker run` lines that match it
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "clean_root.sh: chroot and mounts need root" >&2; exit 1; }
for tool in debootstrap unshare git; do
  command -v $tool >/dev/null || { echo "clean_root.sh: $tool is missing: apt-get install $tool" >&2; exit 1; }
done
# All mounts are made in a namespace of our own: whatever ends this script, the machine keeps none of them.
if [ -z "${CLEAN_ROOT_MOUNTS:-}" ]; then
  exec env CLEAN_ROOT_MOUNTS=own unshare --mount --propagation private "$0" "$@"
fi
mkdir -p "$1"
[ -z "$(ls -A "$1")" ] || { echo "clean_root.sh: $1 is not empty: name a new folder" >&2; exit 2; }
place=$(realpath "$1")
pattern=${2:-}
root=$place/root
results=$place/results
image=inferometer:latest
cd "$(dirname "$0")/../.."

folder=/        # WORKDIR
environment=()  # ENV
entry=()        # ENTRYPOINT

fail() { echo "clean_root.sh: $*" >&2; exit 1; }

# Continued lines of $1 joined.
joined() { sed -e ':more' -e '/\\$/ { N; s/ *\\\n */ /; b more' -e '}' "$1"; }

# Seconds of network that apt ("Fetched 3 MB in 1min 2s") and `packages install` tell in the log $1.
network_seconds() {
  awk '/^Fetched .* in / { sub(/.* in /, ""); if (match($0, /^[0-9]+min /)) { sum += 60 * $0; sub(/^[0-9]+min /, "") } sum += $0 }
       / s were network/ { sub(/ s were network.*/, ""); sub(/.* /, ""); sum += $0 }
       END { printf "%.0f", sum }' "$1"
}

# Runs the words from $2 on as a step with the title $1 and a log of its own.
count=0
step() {
  local title=$1 start=$SECONDS log
  shift
  count=$((count + 1))
  log=$place/$count.log
  echo "== $title" >&2
  "$@" >"$log" 2>&1 </dev/null || { tail -n 30 "$log" >&2; fail "failed: $title (the whole log: $log)"; }
  printf '%6d s  %4d s network  %s\n' $((SECONDS - start)) "$(network_seconds "$log")" "$title"
}

# A base image as Docker's: debootstrap's smallest variant, from the mirrors that this machine uses.
base_image() {
  local mirrors mirror start suite=$1
  mirrors=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    awk -v suite="$suite" '$4 == "Debian" && index($2, suite) == 1 && $3 == "main" { print "deb", $1, $2, $3 }' | sort -u)
  [ -n "$mirrors" ] || fail "apt on this machine has no mirror of Debian $suite"
  mirror=$(awk -v suite="$suite" '$3 == suite { print $2; exit }' <<<"$mirrors")
  start=$SECONDS
  debootstrap --variant=minbase --download-only "$suite" "$root" "$mirror"
  echo "$((SECONDS - start)) s were network"
  debootstrap --variant=minbase "$suite" "$root" "$mirror"
  echo "$mirrors" >"$root/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::https?::' >"$root/etc/apt/apt.conf.d/mirror" || true
  mkdir -p "$root/run/host"
  cp /etc/ssl/certs/ca-certificates.crt "$root/run/host/"
  mount --rbind /sys "$root/sys"
  mount -t tmpfs -o size=64m tmpfs "$root/dev/shm" # as Docker has it
}

# The words from $3 on run in the root as the first process of a container does. They see processes of their
# own, what ENV says, and of this machine's environment what $2 names. $1: more flags of unshare.
inside() {
  local flags=$1 variables=$2
  shift 2
  unshare $flags --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" env --ignore-environment --chdir="$folder" HOME=/root \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${environment[@]}" $variables "$@"
}

# While an image is built its registries are reached as this machine reaches them.
run_instruction() {
  local certificates=/run/host/ca-certificates.crt ways="" name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL PIP_DEFAULT_TIMEOUT; do
    [ -z "${!name:-}" ] || ways+=" $name=${!name}"
  done
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  inside "" "PIP_CERT=$certificates SSL_CERT_FILE=$certificates$ways" /bin/sh -c "$1"
}

copy_clone() { mkdir -p "$root$folder" && git archive HEAD | tar -x -C "$root$folder"; }

run_line() {
  local word=$1 rest=$2
  case $word in
    FROM) step "FROM $rest" base_image "${rest#debian:}" ;;
    WORKDIR) folder=$rest; mkdir -p "$root$folder" ;;
    ENV) environment+=("$rest") ;;
    COPY) [ "$rest" = ". ." ] || fail "only COPY . . is understood"; step "COPY . ." copy_clone ;;
    RUN) step "RUN $rest" run_instruction "$rest" ;;
    ENTRYPOINT) mapfile -t entry < <(tr -d '[]" ' <<<"$rest" | tr ',' '\n') ;;
    CMD) ;;
    *) fail "Dockerfile: '$word' is not understood: teach it to clean_root.sh" ;;
  esac
}

# Without a network. Exit code 1 is that of a measurement in which a candidate failed: full int8 of a BERT does.
run_container() { inside --net "" "${entry[@]}" "$@" || [ $? -eq 1 ]; }

while read -r word rest; do run_line "$word" "$rest"; done < <(joined Dockerfile | grep -Ev '^ *(#|$)')

# What is mounted belongs to an ordinary user.
install -d -o 1000 -g 1000 "$results"
mount --bind "$results" "$root/app/results"
while read -r line; do
  read -ra words <<<"$(sed -E 's/--mode [a-z]+/--mode quick --budget 5/' <<<"${line##*$image }")"
  step "docker run ${words[*]}" run_container "${words[@]}"
done < <(joined docs/coming-from.md | grep '^docker run ' | grep -e "$pattern")
[ -z "$(find "$results" ! -user 1000)" ] || fail "not everything in $results belongs to its user"
[ -n "$(find "$results" -name report.html -size +0)" ] || fail "there is no report in $results"
find "$results" -type f -printf '%9s bytes  %P\n'

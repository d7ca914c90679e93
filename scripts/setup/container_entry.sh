#!/bin/sh
# First program of the container: the command as typed, as the owner of /app/results, so that what it writes
# there belongs to the one who mounted the folder. usage: container_entry.sh COMMAND...
set -eu
owner=$(stat --format %u /app/results)
group=$(stat --format %g /app/results)
# With `docker run --user` the user has been chosen already.
[ "$(id -u)" -eq 0 ] || exec "$@"
exec setpriv --reuid "$owner" --regid "$group" --clear-groups -- "$@"

#!/bin/bash
# idle.sh SECONDS: keeps a file open and locked, is idle for longer than a lease, waits for the restart of the server, and continues to write.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
exec 9<>locked
flock -x 9
echo before >&9
sync
: > "$G_DIR/locked"
sleep "$1"
: > "$G_DIR/idle"
set +x; for _ in $(seq 600); do [ -e "$G_DIR/restarted" ] && break; sleep 0.1; done; set -x
echo after >&9
sync
same "$(cat locked)" "$(printf 'before\nafter')" "the file"
# With a lock that the client has lost, this fails.
flock -x -n 9
flock -u 9
exec 9>&-

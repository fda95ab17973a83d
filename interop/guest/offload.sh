#!/bin/bash
# Asynchronous copies inside one server (RFC 7862 section 4.4), as the kernel requests them.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
case $1 in
  whole)
    # C-026, A-009, A-010: CB_OFFLOAD ends the wait. It has FILE_SYNC4, so no COMMIT follows.
    head -c 8388608 /dev/urandom > eight; sync
    commits=$(operation COMMIT)
    "$LAB/cfr.py" eight eight.copy; cmp eight eight.copy
    "$LAB/cfr.py" big big.copy
    same "$(stat -c %s big.copy)" "$(stat -c %s big)"
    same "$(operation COPY)" 2 "COPYs"
    same "$(operation COMMIT)" "$commits" "COMMITs" ;;
  killed)
    # X-002, X-012, D8
    "$LAB/cfr.py" big killed.copy & pid=$!
    for _ in $(seq 300); do [ "$(operation COPY)" -ge 1 ] && break; sleep 0.1; done
    sleep 0.5; kill -KILL $pid; wait $pid || true
    for _ in $(seq 50); do [ "$(operation OFFLOAD_CANCEL)" -ge 1 ] && break; sleep 0.1; done
    [ "$(operation OFFLOAD_CANCEL)" -ge 1 ] || fail "no OFFLOAD_CANCEL"
    stat -c %b killed.copy > /dev/null ;;
  restart)
    # A-026: the copy ends with the server, and the client requests the rest from the restarted server.
    touch "$G_DIR/copying"
    timeout 100 "$LAB/cfr.py" big restarted.copy
    cmp big restarted.copy
    touch "$G_DIR/copied" ;;
esac

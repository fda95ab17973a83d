# `ferry serve` is killed with SIGKILL several times while the Linux client works, and all programs on the client continue.
# E-007, E-013, A-027, D-002: opens, locks and delegations are reclaimed, the copy restarts, synced data is present, a walk finds every file.
. "$INTEROP/common.sh"
mkdir "$work/export"
head -c 209715200 /dev/urandom > "$work/export/big"
shared=$NFS_LAB_VAR/run/client
start() { serve server "$FERRY" serve "$work/export" --listen "127.0.0.1:$1" --state "$work/state" --lease 15 --copy-rate "$2"; }
records() { cat "$shared/records" 2>/dev/null || echo 0; }
# writer_continues: waits for more records. After a restart the client may take a lease period to detect it.
writer_continues() { local before; before=$(records); for _ in $(seq 600); do [ "$(records)" -gt "$((before + 5))" ] && return; sleep 0.1; done; fail "the writer has stopped"; }
again() {
  kill -KILL "$server_pid"; wait "$server_pid" || true
  sleep "$1"
  start "$port" "$2"
  grep 'reclaim' "$work/server.serve.log" || fail "the server does not know its client"
  writer_continues
}

start 0 25
port=${server##*:}
rm -rf "$shared"
NFS_LAB_TEST=1 "$LAB/linux-client.sh" -n client -t 300 -p / -o rsize=65536,wsize=65536 "$server" "$INTEROP/guest/restart.sh" & guest=$!
for _ in $(seq 600); do [ -e "$shared/copying" ] && break; sleep 0.1; done
writer_continues
for down in 0.1 4; do sleep 2; again "$down" 25; [ ! -e "$shared/copied" ] || fail "the copy has ended before the restart"; done
# A restart within the grace period, before the client has reclaimed.
kill -KILL "$server_pid"; wait "$server_pid" || true; start "$port" 25
again 0.1 0
for _ in $(seq 600); do [ -e "$shared/copied" ] && break; sleep 0.1; done
[ -e "$shared/copied" ] || fail "the copy does not end"
again 1 0
touch "$shared/enough"
rc=0; wait $guest || rc=$?
same "$rc" 0 "the client"
cmp "$work/export/big" "$work/export/big.copy"
same "$(head -c 10 "$work/export/kept.lock")" "still mine" "the file under the lock that was kept"
# The client has unmounted, so the server waits for no client.
kill -KILL "$server_pid"; wait "$server_pid" || true
start "$port" 0
! grep 'reclaim' "$work/server.serve.log" || fail "the server waits for a client that has unmounted"
stop server

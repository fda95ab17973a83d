# Two Linux clients lock one file: ranges conflict, a waiting client receives CB_NOTIFY_LOCK, a dead client loses its locks, and locks survive a restart of the server.
# RFC 8881 sections 9.6, 9.11, 18.10, 20.11
. "$INTEROP/common.sh"
mkdir "$work/export"
start() { serve server "$FERRY" serve "$work/export" --listen "127.0.0.1:$1" --state "$work/state" --lease 15; }
client() { "$LAB/linux-client.sh" -n "$1" -t 300 -p / "$server" "$INTEROP/guest/locks.sh" "${@:2}"; }
start 0
port=${server##*:}

client client one ranges waits & one=$!
client client2 two ranges waits & two=$!
rc=0; wait $one || rc=$?; same "$rc" 0 "one client"
rc=0; wait $two || rc=$?; same "$rc" 0 "the other client"

client client one dies & one=$!
client client2 two inherits & two=$!
rc=0; wait $two || rc=$?; same "$rc" 0 "the client that gets the lock of a dead one"
wait $one || true

shared=$NFS_LAB_VAR/run/client2
rm -rf "$shared"
client client one keeps & one=$!
client client2 two steals & two=$!
for _ in $(seq 900); do [ -e "$shared/kill" ] && break; sleep 0.1; done
[ -e "$shared/kill" ] || fail "nothing is locked"
kill -KILL "$server_pid"; wait "$server_pid" || true
start "$port"
touch "$shared/killed"
rc=0; wait $one || rc=$?; same "$rc" 0 "the client that keeps a lock during a restart"
rc=0; wait $two || rc=$?; same "$rc" 0 "the client that waits for the lock"
same "$(head -c 10 "$work/export/locked")" "still mine" "the file"
stop server

# A program on a Linux client keeps a file open and locked and is idle for longer than a lease. Then the server is killed and restarted.
# The client has renewed its lease by itself, and the program continues. The server grants no courtesy, which would hide a missing renewal.
# RFC 8881 sections 8.3, 8.4.2, 8.4.2.1
. "$INTEROP/common.sh"
mkdir "$work/export"
start() { serve server "$FERRY" serve "$work/export" --listen "127.0.0.1:$1" --state "$work/state" --lease 6 --courtesy 0; }
shared=$NFS_LAB_VAR/run/client
rm -rf "$shared"
start 0
port=${server##*:}
"$LAB/linux-client.sh" -n client -t 120 -p / "$server" "$INTEROP/guest/idle.sh" 13 & guest=$!
for _ in $(seq 600); do [ -e "$shared/idle" ] && break; sleep 0.1; done
[ -e "$shared/idle" ] || fail "the client is not there"
kill -KILL "$server_pid"; wait "$server_pid" || true
start "$port"
grep reclaim "$work/server.serve.log" || fail "the server does not know its client"
touch "$shared/restarted"
rc=0; wait $guest || rc=$?
same "$rc" 0 "the client"
same "$(cat "$work/export/locked")" "$(printf 'before\nafter')" "the file where the server is"
stop server

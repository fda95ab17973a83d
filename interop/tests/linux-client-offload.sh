# Asynchronous copies of the Linux client: a complete one, a killed one, and one during a restart of the server.
. "$INTEROP/common.sh"
mkdir "$work/export"
head -c 629145600 /dev/urandom > "$work/export/big"
client() { NFS_LAB_TEST=1 "$LAB/linux-client.sh" -n client -p / -o rsize=65536,wsize=65536 "$@"; }

serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
client "$server" "$INTEROP/guest/offload.sh" whole
cmp "$work/export/big" "$work/export/big.copy"
stop server

# 600 MiB in 10 s leave time for an interruption.
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state" --admin "$work/admin" --copy-rate 60
client "$server" "$INTEROP/guest/offload.sh" killed
before=$(stat -c '%s %b' "$work/export/killed.copy"); sleep 1
same "$(stat -c '%s %b' "$work/export/killed.copy")" "$before" "the copy continues after OFFLOAD_CANCEL"
[ "$(stat -c %b "$work/export/killed.copy")" -lt "$(stat -c %b "$work/export/big")" ] || fail "the copy was not interrupted"

port=${server##*:}
client -t 180 "$server" "$INTEROP/guest/offload.sh" restart & guest=$!
for _ in $(seq 300); do [ -e "$NFS_LAB_VAR/run/client/copying" ] && break; sleep 0.1; done
sleep 2.5
out=$("$FERRY" copies --admin "$work/admin" "nfs://$server"); echo "$out"
grep -q 'running.*Linux NFSv4.2.*/big.*/restarted.copy' <<<"$out" || fail "ferry copies does not show the client's copy"
stop server
serve server "$FERRY" serve "$work/export" --listen "127.0.0.1:$port" --state "$work/state" --copy-rate 600
rc=0; wait $guest || rc=$?
same "$rc" 0 "the client after the restart"
[ -e "$NFS_LAB_VAR/run/client/copied" ] || fail "the copy did not end"
stop server

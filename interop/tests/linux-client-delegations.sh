# Delegations between Linux clients: one holds a read delegation while another writes, copies with its stateid, and fails while it holds one.
# C-038: the writer waits until the delegation is returned or revoked.
. "$INTEROP/common.sh"
mkdir "$work/export"
echo before > "$work/export/f"
echo kept > "$work/export/g"
head -c 8388608 /dev/urandom > "$work/export/source"
head -c 67108864 /dev/urandom > "$work/export/moving"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state" --squash none --lease 10 --copy-rate 8
holder=$NFS_LAB_VAR/run/holder
rm -rf "$holder"
# end PID: ends a process that this test started, with its children.
end() { local child; for child in $(pgrep -P "$1"); do end "$child"; done; kill -KILL "$1" 2>/dev/null || true; }
trap '[ -z "${guest:-}" ] || end $guest; cleanup' EXIT
wait_for() { for _ in $(seq 600); do [ -e "$1" ] && return; sleep 0.1; done; fail "$1 does not come"; }

# The holder has the file open, and sees what the other wrote. The copy's source is the stateid of a delegation, also of one that is
# recalled while it is made.
"$LAB/linux-client.sh" -n holder -t 240 -p / "$server" "$INTEROP/guest/delegations.sh" & guest=$!
wait_for "$holder/holding"
"$LAB/linux-client.sh" -n writer -t 120 -p / "$server" bash -c 'echo after > f; sync; chmod 640 f'
touch "$holder/written"
wait_for "$holder/copying"
sleep 1
"$FERRY" mv "nfs://$server/moving" "nfs://$server/moved"
touch "$holder/moved"
wait_for "$holder/dead"
cmp "$work/export/moved" "$work/export/moved.copy"
cmp "$work/export/source" "$work/export/copy"

# The holder of g is dead: the writer waits for one lease period only.
began=$SECONDS
"$LAB/linux-client.sh" -n writer -t 120 -p / "$server" bash -c 'echo more > g; sync'
same "$(cat "$work/export/g")" more
echo "the writer waited $((SECONDS - began)) s"
end $guest
stop server

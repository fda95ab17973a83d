# The real Linux client on access control lists (through system.nfs4_acl) and many or large extended attributes, on XFS with the server as root.
# RFC 8881 sections 6.2.1, 6.4; RFC 8275 section 5; RFC 8276 section 8.4.3
. "$INTEROP/common.sh"
truncate -s 400M "$work/disk"; mkfs.xfs -q "$work/disk"; mkdir "$work/export"
mount -o loop "$work/disk" "$work/export"
trap 'cleanup_mount' EXIT
cleanup_mount() { for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null || true; done; sleep 0.5; umount "$work/export" 2>/dev/null || true; cleanup; }
chmod 777 "$work/export"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state" --squash none
"$LAB/linux-client.sh" -t 240 -p / "$server" "$INTEROP/guest/attributes.sh"
getfacl -nc "$work/export/f" "$work/export/d" 2>/dev/null
same "$(getfacl -nc "$work/export/d" 2>/dev/null | grep -c '^default:user:1234:rwx')" 1 "the list on the server's disk"
same "$(getfacl -nc "$work/export/d/new" 2>/dev/null | grep -c '^user:1234:rwx')" 1 "the list of a new file on the server's disk"
"$FERRY" stat "nfs://$server/d/new" | tee "$work/stat"
grep -q 'acl  *A::1234:' "$work/stat" || fail "ferry stat shows no list"
stop server
umount "$work/export"

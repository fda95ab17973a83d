# FICLONE, FICLONERANGE and copy_file_range of the real Linux client, and ferry cp, on an XFS whose files can share blocks.
# F-006, L-001, L-003, L-004, L-005, L-006, L-009, P-008
. "$INTEROP/common.sh"
truncate -s 600M "$work/disk"
mkfs.xfs -q -m reflink=1 "$work/disk"
mkdir "$work/export"
mount -o loop "$work/disk" "$work/export"
trap 'for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; umount "$work/export"; cleanup' EXIT
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" "$server" "$INTEROP/guest/clone.sh"
"$FERRY" cp "nfs://$server/whole" "nfs://$server/by-ferry" | grep 'cloned by the server' >/dev/null || fail "ferry cp did not clone"
cmp "$work/export/whole" "$work/export/by-ferry"
"$FERRY" cp --stream "nfs://$server/sparse" "nfs://$server/streamed"
cmp "$work/export/sparse" "$work/export/streamed"
[ "$(stat -c %b "$work/export/streamed")" -lt 1024 ] || fail "a copy through the client filled the holes"
stop server

# Holes and extended attributes in the real Linux client: ALLOCATE, DEALLOCATE, SEEK and the four of RFC 8276.
. "$INTEROP/common.sh"
mkdir "$work/export"; touch "$work/export/given"; setfattr -n user.pre -v "by the server" "$work/export/given"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -p / "$server" "$INTEROP/guest/extended.sh"
same "$(getfattr -m - "$work/export/f" 2>/dev/null | grep -c ^user)" 1 "extended attributes on the server's disk"
stop server

# copy_file_range in the real Linux client reaches our COPY.
. "$INTEROP/common.sh"
mkdir "$work/export"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -p / -o rsize=65536,wsize=65536 "$server" "$INTEROP/guest/copy.sh"
cmp "$work/export/src" "$work/export/by-cp"
stop server

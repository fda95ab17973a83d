# A tree of 5,000 files is unpacked through the mount and compared, there and on the server's disk.
. "$INTEROP/common.sh"
mkdir "$work/export" "$work/tree"
make_tree "$work/tree" 5000
tar -C "$work/tree" --format=posix -cSf "$work/tree.tar" .
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -t 280 -p / "$server" "$INTEROP/guest/tree.sh" "$work/tree.tar"
diff <(checksums "$work/tree") <(checksums "$work/export/moved") || fail "the tree on the server's disk differs"
stop server

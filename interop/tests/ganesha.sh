# Ferry's client on nfs-ganesha: list, read, write.
. "$INTEROP/common.sh"
port=$((21000 + RANDOM % 9000)); url=nfs://127.0.0.1:$port/export
trap '"$LAB/ganesha.sh" stop; cleanup' EXIT
export=$NFS_LAB_VAR/export; rm -rf "$export"; mkdir -p "$export"; echo hello > "$export/hello"
"$LAB/ganesha.sh" start -h 127.0.0.1:"$port"
"$FERRY" ls -l "$url"
same "$("$FERRY" cat "$url/hello")" hello
# Ganesha answers that it set the times of a symbolic link, and does not: those are left out.
sums() { checksums "$1" | sed 's/\tl\t777\t1\t\([0-9]*\)\t[^\t]*/\tl\t777\t1\t\1/'; }
mkdir "$work/tree"; make_tree "$work/tree" 400
"$FERRY" cp -r "$work/tree" "$url/tree"
diff <(sums "$work/tree") <(sums "$export/tree") || fail "a tree sent differs"
"$FERRY" cp -r "$url/tree" "$work/back"
diff <(sums "$work/tree") <(sums "$work/back") || fail "a tree fetched differs"
"$FERRY" mv "$url/hello" "$url/tree/hello2"; same "$(cat "$export/tree/hello2")" hello
"$FERRY" rm -r "$url/tree"; [ ! -e "$export/tree" ] || fail "rm -r"

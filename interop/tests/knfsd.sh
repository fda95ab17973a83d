# Ferry's client on the real knfsd: list, read, write, and copies that the server makes.
. "$INTEROP/common.sh"
port=$((21000 + RANDOM % 9000)); url=nfs://127.0.0.1:$port
trap '"$LAB/knfsd.sh" stop -n iknfsd; cleanup' EXIT
"$LAB/knfsd.sh" start -n iknfsd -f xfs -m 1500M -M 1024 -r "$port" -x 'echo hello > hello; head -c 5000000 /dev/urandom > five; mkdir -m 777 in'
"$FERRY" ls -l "$url/"
same "$("$FERRY" cat "$url/hello")" hello
mkdir "$work/tree"; make_tree "$work/tree" 400
"$FERRY" cp -r "$work/tree" "$url/in/tree"
"$FERRY" cp -r "$url/in/tree" "$work/back"
diff <(checksums "$work/tree") <(checksums "$work/back") || fail "a tree sent and fetched differs"
out=$("$FERRY" cp --require-offload "$url/five" "$url/in/five"); echo "$out"
grep -Eq 'by the server' <<<"$out" || fail "the server did not copy"
"$FERRY" cp -r --require-offload "$url/in/tree" "$url/in/again"
"$FERRY" cp -r "$url/in/again" "$work/again"
diff <(checksums "$work/tree") <(checksums "$work/again") || fail "a tree copied by the server differs"
"$FERRY" mv "$url/in/five" "$url/in/moved"; "$FERRY" rm -r "$url/in/again"
"$LAB/knfsd.sh" exec -n iknfsd 'cmp five in/moved && [ ! -e in/again ]'

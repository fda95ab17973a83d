# Ferry's client on the real knfsd: it writes and reads extended attributes, and reads access control lists as knfsd maps them.
# RFC 8276 section 8.4; RFC 8881 section 6.2.1
. "$INTEROP/common.sh"
port=$((21000 + RANDOM % 9000)); url=nfs://127.0.0.1:$port
trap '"$LAB/knfsd.sh" stop -n iknfsd; cleanup' EXIT
"$LAB/knfsd.sh" start -n iknfsd -f xfs -r "$port" -x 'mkdir -m 777 in; echo x > f; setfacl -m u:1234:rw,g:5678:rx,m:rwx f; setfattr -n user.pre -v here f; python3 -c "import os; [os.setxattr(\"in\", \"user.\" + \"n\" * 40 + str(i), b\"v\") for i in range(60)]"'
"$FERRY" stat "$url/f" | tee "$work/stat"
grep -q 'xattr  *pre = here' "$work/stat" || fail "an extended attribute is not shown"
grep -q 'acl  *A::1234:rwatTcCy\|acl  *A::1234:rwatcy' "$work/stat" || fail "the list is not shown"
same "$("$FERRY" stat --json "$url/in" | grep -o '"nnnnn[^"]*"' | wc -l)" 60 "names listed in pages"
mkdir "$work/tree"; make_tree "$work/tree" 30
setfattr -n user.top -v dir "$work/tree"
(cd "$work/tree"; find . -type f | sort | while read -r f; do setfattr -n user.name -v "$f" "$f"; setfattr -n user.empty "$f"; done)
xattrs() { (cd "$1"; getfattr -R -P -d -m '^user\.' . 2>/dev/null | sort); }
"$FERRY" cp -r "$work/tree" "$url/in/tree"
"$FERRY" cp -r "$url/in/tree" "$url/in/again"
"$FERRY" cp -r "$url/in/again" "$work/back"
diff <(xattrs "$work/tree") <(xattrs "$work/back") || fail "extended attributes were lost"
diff <(checksums "$work/tree") <(checksums "$work/back") || fail "a tree sent and fetched differs"
"$LAB/knfsd.sh" exec -n iknfsd 'getfattr -n user.top --only-values in/again' | grep dir >/dev/null || fail "knfsd does not have them"

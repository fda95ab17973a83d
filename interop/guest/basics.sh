#!/bin/bash
# The operations of everyday administration.
. "$(dirname "$(readlink -f "$0")")/checks.sh"

same "$(cat hello)" "hello from the server"
echo "some new text" > written; sync; same "$(cat written)" "some new text"
echo more >> written; same "$(wc -l < written)" 2
truncate -s 5 written; same "$(cat written)" "some "
truncate -s 1M written; same "$(stat -c %s written)" 1048576

mkdir -m 750 dir; same "$(stat -c %a dir)" 750
mkdir -p dir/a/b/c; touch dir/a/b/c/leaf; same "$(find dir | wc -l)" 5
mv dir/a/b/c/leaf dir/leaf; [ ! -e dir/a/b/c/leaf ] && [ -e dir/leaf ] || fail rename
echo one > dir/one; echo two > dir/two; mv dir/one dir/two; same "$(cat dir/two)" one "rename over a file"
rmdir dir/a 2>/dev/null && fail "rmdir of a directory that is not empty"
rm -r dir/a

ln -s ../hello dir/sym; same "$(readlink dir/sym)" ../hello; same "$(cat dir/sym)" "hello from the server"
ln written hard; same "$(stat -c %h written)" 2; same "$(stat -c %i written)" "$(stat -c %i hard)"
rm written; same "$(stat -c %h hard)" 1
mkfifo fifo; same "$(stat -c %F fifo)" fifo
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'; same "$(stat -c %F sock)" socket

chmod 4711 hard; same "$(stat -c %a hard)" 4711
touch -d '2001-02-03 04:05:06.123456789 UTC' hard; same "$(TZ=UTC stat -c %y hard | cut -c1-29)" "2001-02-03 04:05:06.123456789"
same "$(stat -c %Y hard)" 981173106

# O_EXCL, O_APPEND, an open file that is removed, a file that is written by mmap.
python3 - <<'P'
import mmap, os
f = os.open("excl", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o640)
try:
    os.open("excl", os.O_CREAT | os.O_EXCL | os.O_RDWR); raise SystemExit("O_EXCL twice")
except FileExistsError: pass
os.write(f, b"x" * 10000); os.fsync(f)
with mmap.mmap(f, 10000) as m: m[5000:5005] = b"HELLO"; m.flush()
os.close(f)
data = open("excl", "rb").read(); assert data[4999:5006] == b"xHELLOx" and len(data) == 10000, len(data)
g = os.open("excl", os.O_RDWR); os.unlink("excl"); os.write(g, b"still here"); assert os.pread(g, 10, 0) == b"still here"; os.close(g)
assert os.stat("hello").st_nlink == 1
P
# Two listings of 1,000 entries have each entry once.
mkdir many; (cd many && seq 1 1000 | xargs touch); same "$(ls many | wc -l)" 1000; same "$(ls -f many | sort -u | wc -l)" 1002
rm -r many
# 40 MB in and out.
head -c 40000000 /dev/urandom > /run/big; cp /run/big big; sync; echo 3 > /proc/sys/vm/drop_caches; cmp /run/big big
dd if=/run/big of=/run/part bs=1M skip=7 count=3 2>/dev/null; dd if=big bs=1M skip=7 count=3 2>/dev/null | cmp - /run/part
dd if=/run/big of=big bs=4k seek=100 skip=100 count=50 conv=notrunc oflag=direct 2>/dev/null; cmp /run/big big
stat -f . >/dev/null; df . | tail -1
# Unusual names.
touch 'a b' $'tab\there' 'ümläut' "$(printf 'x%.0s' {1..255})"; rm 'a b' $'tab\there' 'ümläut' x*
touch "$(printf 'x%.0s' {1..256})" 2>/dev/null && fail "a name of 256 bytes"
cat does-not-exist 2>/dev/null && fail "a file that is not there"
ls -la

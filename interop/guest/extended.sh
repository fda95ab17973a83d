#!/bin/bash
# The NFSv4.2 operations for holes and extended attributes.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
fallocate -l 1M alloc; same "$(stat -c %s alloc)" 1048576
[ "$(stat -c %b alloc)" -ge 2048 ] || fail "ALLOCATE reserved nothing"
dd if=/dev/urandom of=alloc bs=4k count=48 conv=notrunc 2>/dev/null; sync
before=$(stat -c %b alloc); fallocate -p -o 65536 -l 65536 alloc; echo 3 > /proc/sys/vm/drop_caches
[ "$(stat -c %b alloc)" -lt "$before" ] || fail "DEALLOCATE freed nothing"
python3 - <<'P'
import os
f = os.open("sparse", os.O_RDWR | os.O_CREAT)
os.ftruncate(f, 1 << 20); os.pwrite(f, b"x" * 65536, 131072); os.fsync(f)
assert os.lseek(f, 0, os.SEEK_DATA) == 131072, os.lseek(f, 0, os.SEEK_DATA)
assert os.lseek(f, 131072, os.SEEK_HOLE) == 196608
assert os.lseek(f, 0, os.SEEK_HOLE) == 0
try: os.lseek(f, 1 << 20, os.SEEK_DATA); raise SystemExit("SEEK_DATA past the end")
except OSError as e: assert e.errno == 6, e
a = os.open("alloc", os.O_RDONLY); assert os.pread(a, 65536, 65536) == b"\0" * 65536
P
# NFSv4.2 has no operation to write zeros: Linux 6.1 fails, and newer clients such as 7.2 send DEALLOCATE and ALLOCATE.
if fallocate -z -o 0 -l 4096 alloc 2>/dev/null; then
  echo 3 > /proc/sys/vm/drop_caches
  python3 -c 'assert open("alloc", "rb").read(8192)[:4096] == bytes(4096) != open("alloc", "rb").read(8192)[4096:]'
  same "$(stat -c %s alloc)" 1048576
else
  case $(uname -r) in 6.1.*) ;; *) fail "FALLOC_FL_ZERO_RANGE failed" ;; esac
fi
same "$(getfattr --only-values -n user.pre given)" "by the server"
touch f; setfattr -n user.colour -v blue f; setfattr -n user.empty f
same "$(getfattr --only-values -n user.colour f)" blue
same "$(getfattr -m - f | grep -c ^user)" 2
setfattr -n user.colour -v red f; echo 3 > /proc/sys/vm/drop_caches; same "$(getfattr --only-values -n user.colour f)" red
python3 - <<'P'
import os
def fails(call, errno):
    try: call(); raise SystemExit(f"no failure: {errno}")
    except OSError as e: assert e.errno == errno, e
fails(lambda: os.setxattr("f", "user.colour", b"v", os.XATTR_CREATE), 17)
fails(lambda: os.setxattr("f", "user.absent", b"v", os.XATTR_REPLACE), 61)
fails(lambda: os.getxattr("f", "user.absent"), 61)
P
setfattr -x user.colour f; same "$(getfattr -m - f | grep -c ^user)" 1
for operation in ALLOCATE DEALLOCATE SEEK SETXATTR LISTXATTRS REMOVEXATTR; do
  [ "$(operation $operation)" -gt 0 ] || fail "$operation did not reach the server"
done

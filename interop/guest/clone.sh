#!/bin/bash
# Shares blocks between files of a file system that supports it.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
head -c 5000123 /dev/urandom > source
before=$(df --output=avail -k . | tail -1)
cp --reflink=always source whole; cmp source whole
python3 - <<'P'
import errno, fcntl, os, struct
FICLONE, FICLONERANGE = 0x40049409, 0x4020940d
data = open("source", "rb").read()
s, t = os.open("source", os.O_RDWR), os.open("range", os.O_RDWR | os.O_CREAT)
def clone(source, offset, target, at, count):
    fcntl.ioctl(target, FICLONERANGE, struct.pack("qQQQ", source, offset, count, at))
def fails(why, *arguments):
    try: clone(*arguments)
    except OSError as e: assert e.errno == why, e; return
    raise SystemExit(f"no failure: {arguments}")
B = 4096
clone(s, B, t, 8 * B, 2 * B)  # behind the end: the file grows, with a hole in front
assert os.pread(t, 20 * B, 0) == bytes(8 * B) + data[B:3 * B]
clone(s, 1220 * B, t, 20 * B, 0)  # to the end of the source, which is no whole block
assert os.pread(t, 10 * B, 20 * B) == data[1220 * B:] and os.fstat(t).st_size == 20 * B + len(data) - 1220 * B
fails(errno.EINVAL, s, 1, t, 0, B)
fails(errno.EINVAL, s, 0, t, 5, B)
fails(errno.EINVAL, s, 0, t, 0, B + 1)
fails(errno.EINVAL, s, 0, t, 0, 5000123 + B)
fails(errno.EINVAL, s, 0, s, B, 3 * B)
clone(s, 0, s, 100 * B, B)
assert os.pread(s, B, 100 * B) == data[:B]
os.pwrite(s, b"changed", 0); os.fsync(s)
assert open("whole", "rb").read() == data, "a clone changed with its source"
P
after=$(df --output=avail -k . | tail -1)
[ $((before - after)) -lt 2000 ] || fail "the clones took $((before - after)) KiB"
# A copy to an offset with another block alignment is not a clone, but it keeps its holes.
python3 - <<'P'
import os
f = os.open("sparse", os.O_RDWR | os.O_CREAT)
island = os.urandom(100_000)
os.ftruncate(f, 64 << 20); os.pwrite(f, island, 1 << 20); os.pwrite(f, island, 50 << 20); os.fsync(f)
t, left, at = os.open("shifted", os.O_RDWR | os.O_CREAT), (64 << 20) - 5, 5
while left:
    n = os.copy_file_range(f, t, left, at, at + 2)
    assert n > 0
    left -= n; at += n
os.fsync(t)
assert os.fstat(t).st_size == (64 << 20) + 2
assert os.pread(t, 100_000, (50 << 20) + 2) == island and os.pread(t, 1 << 20, 20 << 20) == bytes(1 << 20)
P
echo 3 > /proc/sys/vm/drop_caches
[ "$(stat -c %b shifted)" -lt 1024 ] || fail "a copy that is no clone filled the holes: $(stat -c %b shifted) blocks"
[ "$(operation CLONE)" -gt 0 ] || fail "CLONE did not reach the server"
[ "$(operation COPY)" -gt 0 ] || fail "COPY did not reach the server"

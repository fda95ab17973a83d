#!/bin/bash
# Reads, seeks, punches, reserves and copies files with holes.  sparse.sh [read_plus]: the argument states that the kernel reads with READ_PLUS.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
python3 - "$PWD" <<'P'
import hashlib, os, random, sys
random.seed(11)
drop = lambda: open("/proc/sys/vm/drop_caches", "w").write("3")
K, M = 1 << 10, 1 << 20

def make(name, size, islands):
    """A file of that size with bytes at these places only; returns what it has to hold."""
    want = bytearray(size)
    f = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    os.ftruncate(f, size)
    for at, length in islands:
        data = random.randbytes(length)
        os.pwrite(f, data, at); want[at:at + length] = data
    os.fsync(f); os.close(f)
    return bytes(want)

def check(name, want, block):
    """The whole file, and pieces of it that begin and end anywhere, not from the cache."""
    drop()
    with open(name, "rb", buffering=0) as f:
        got = b"".join(iter(lambda: f.read(block), b""))
    assert len(got) == len(want), (name, len(got), len(want))
    if got != want:
        at = next(i for i in range(len(want)) if got[i] != want[i])
        raise SystemExit(f"{name}: differs at byte {at}")
    f = os.open(name, os.O_RDONLY)
    for _ in range(30):
        at = random.randrange(len(want) + 5000); n = random.randrange(1, 300 * K)
        os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)
        assert os.pread(f, n, at) == want[at:at + n], (name, at, n)
    os.close(f)
    f = os.open(name, os.O_RDONLY | os.O_DIRECT)
    import mmap
    room = mmap.mmap(-1, 256 * K)
    for _ in range(20):
        at = random.randrange(len(want) // 4096) * 4096
        n = os.preadv(f, [room], at)
        assert room[:n] == want[at:at + 256 * K][:n] and n == len(want[at:at + 256 * K]), (name, at, n)
    os.close(f)

def extents(name):
    """Where lseek says that data is."""
    f, found, at = os.open(name, os.O_RDONLY), [], 0
    size = os.fstat(f).st_size
    while True:
        try: data = os.lseek(f, at, os.SEEK_DATA)
        except OSError as e:
            assert e.errno == 6, e
            break
        at = os.lseek(f, data, os.SEEK_HOLE)
        found.append((data, at))
        if at >= size: break
    os.close(f)
    return found

files = {
    "islands": (64 * M, [(0, 64 * K), (20 * M, 200 * K), (40 * M + 8 * K, 4 * K)]),
    "holes-at-the-end": (8 * M, [(1 * M, 256 * K)]),
    "comb": (2 * M, [(at, 4 * K) for at in range(0, 2 * M, 8 * K)]),
    "uneven": (5 * M + 123, [(3 * M + 77, 100_001), (5 * M, 123)]),
    "one-hole": (16 * M, []),
    "dense": (10 * M + 17, [(0, 10 * M + 17)]),
    "small": (5000, [(4500, 10)]),
}
for name, (size, islands) in files.items():
    want = make(name, size, islands)
    check(name, want, 1 * M)
    check(name, want, 7 * K)
    print(name, hashlib.sha256(want).hexdigest())
assert extents("islands") == [(0, 64 * K), (20 * M, 20 * M + 204800), (40 * M + 8 * K, 40 * M + 12 * K)], extents("islands")
assert extents("one-hole") == [], extents("one-hole")
assert len(extents("comb")) == 256, extents("comb")
assert extents("dense") == [(0, 10 * M + 17)], extents("dense")
P

used() { echo 3 > /proc/sys/vm/drop_caches; stat -c %b "$1"; }  # in 512 bytes
[ "$(used islands)" -lt 1024 ] || fail "a file with holes takes $(used islands) blocks"
cp dense punched; before=$(used punched)
fallocate -p -o 1000000 -l 4000001 punched
[ "$(used punched)" -le $((before - 7000)) ] || fail "DEALLOCATE freed nothing"
same "$(stat -c %s punched)" "$(stat -c %s dense)"
cp dense /var/tmp/expected
python3 - <<'P'
f = open("/var/tmp/expected", "r+b"); f.seek(1000000); f.write(bytes(4000001))
P
echo 3 > /proc/sys/vm/drop_caches; cmp punched /var/tmp/expected
fallocate -l 3M -o 20M punched; same "$(stat -c %s punched)" $((23 << 20))
[ "$(used punched)" -ge $((before - 8000 + 6144)) ] || fail "ALLOCATE reserved nothing"
fallocate -l 1M kept; same "$(used kept)" 2048
python3 - <<'P'
import os
f = os.open("kept", os.O_RDWR)
def fails(call, errno):
    try: call(); raise SystemExit(f"no failure: {errno}")
    except OSError as e: assert e.errno == errno, e
# More than the free space, and more than the maximum file size of the server's file system.
fails(lambda: os.posix_fallocate(f, 0, 1 << 43), 28)
fails(lambda: os.posix_fallocate(f, 0, 1 << 60), 27)
fails(lambda: os.lseek(f, 1 << 20, os.SEEK_HOLE), 6)
P
same "$(used kept)" 2048

for way in auto always; do
  cp --sparse=$way --reflink=never islands "copy-$way"; echo 3 > /proc/sys/vm/drop_caches
  cmp islands "copy-$way"
  [ "$(used "copy-$way")" -lt 1024 ] || fail "cp --sparse=$way filled the holes: $(used "copy-$way") blocks"
done
cp islands /var/tmp/local; [ "$(stat -c %b /var/tmp/local)" -lt 2048 ] || fail "a copy to the client's own disk filled the holes"
for operation in ALLOCATE DEALLOCATE SEEK; do
  [ "$(operation $operation)" -gt 0 ] || fail "$operation did not reach the server"
done
if [ "${1:-}" = read_plus ]; then
  [ "$(operation READ_PLUS)" -gt 0 ] || fail "READ_PLUS did not reach the server"
  # After an operation has failed once, the client does not send it again.
  same "$(operation READ)" 0 "READs by a client that has READ_PLUS"
fi

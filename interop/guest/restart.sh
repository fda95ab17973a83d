#!/bin/bash
# Works while the server restarts: keeps files open and locks held, writes records, acquires and releases other locks, walks through a
# tree and copies asynchronously.
# It ends when the host creates the file "enough" in $G_DIR. Every error of a call is a failure.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
python3 - "$G_DIR/enough" "$G_DIR/records" <<'P' & writer=$!
import os, sys, time
enough, told = sys.argv[1:]
held = [os.open(f"held{i}", os.O_RDWR | os.O_CREAT, 0o644) for i in range(20)]
for i, f in enumerate(held): os.write(f, b"held %d\n" % i); os.fsync(f)
gone = os.open("gone", os.O_RDWR | os.O_CREAT, 0o644); os.write(gone, b"no name"); os.unlink("gone")
reading = os.open("big", os.O_RDONLY)
log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
n = 0
while not os.path.exists(enough):
    os.write(log, b"record %09d\n" % n); os.fsync(log); n += 1
    with open(told + ".new", "w") as f: f.write(str(n))
    os.rename(told + ".new", told)
    f = held[n % 20]; os.pwrite(f, b"%09d" % n, 100); os.fsync(f)
    os.pread(reading, 65536, (n * 65536) % (100 << 20))
    fresh = os.open(f"fresh{n % 5}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644); os.write(fresh, b"%d" % n); os.close(fresh)
    time.sleep(0.02)
for i, f in enumerate(held):
    os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)
    assert os.pread(f, 100, 0).startswith(b"held %d\n" % i), i
assert os.pread(gone, 100, 0) == b"no name"
os.close(log)
lines = open("log").read().splitlines()
assert lines == ["record %09d" % i for i in range(n)], (len(lines), n)
print("records:", n)
P
python3 - "$G_DIR/enough" <<'P' & locker=$!
import fcntl, os, sys
enough = sys.argv[1]
kept = os.open("kept.lock", os.O_RDWR | os.O_CREAT, 0o644); fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
ranges = os.open("ranges.lock", os.O_RDWR | os.O_CREAT, 0o644)
for i in range(0, 100, 2): fcntl.lockf(ranges, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, i * 10)
n = 0
while not os.path.exists(enough):
    fcntl.lockf(ranges, fcntl.LOCK_EX, 10, 5000 + n % 7 * 10); os.pwrite(ranges, b"%09d" % n, 5000); os.fsync(ranges)
    fcntl.lockf(ranges, fcntl.LOCK_UN, 10, 5000 + n % 7 * 10); n += 1
# With a lock that the client has lost, I/O fails.
os.pwrite(kept, b"still mine", 0); os.fsync(kept)
os.pwrite(ranges, b"still mine", 0); os.fsync(ranges)
print("locks taken and given back:", n)
P
python3 - "$G_DIR/enough" <<'P' & walker=$!
import os, sys
enough = sys.argv[1]
expected = set()
for i in range(300):
    path = f"walk/d{i % 17}/e{i % 5}"; os.makedirs(path, exist_ok=True)
    open(f"{path}/f{i}", "w").close(); expected.add(f"{path}/f{i}")
n = 0
while not os.path.exists(enough):
    with open("/proc/sys/vm/drop_caches", "w") as f: f.write("2")
    found = {os.path.join(d, f) for d, _, files in os.walk("walk", onerror=print) for f in files}
    assert found == expected, found ^ expected
    n += 1
print("walks:", n)
P
CFR_STARTED=$G_DIR/copying "$LAB/cfr.py" big big.copy & copier=$!
rc=0; wait $copier || rc=$?; touch "$G_DIR/copied"
same $rc 0 "copy_file_range"
rc=0; wait $writer || rc=$?
same $rc 0 "the writer"
rc=0; wait $locker || rc=$?
same $rc 0 "the locker"
rc=0; wait $walker || rc=$?
same $rc 0 "the walker"
# The delegation survived the restarts: the client opens the file without a call.
before=$(operation OPEN)+$(operation OPEN_NOATTR)
head -c 1 big > /dev/null
same "$(operation OPEN)+$(operation OPEN_NOATTR)" "$before" "how often files were opened"
echo 3 > /proc/sys/vm/drop_caches
cmp big big.copy

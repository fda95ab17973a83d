#!/bin/bash
# locks.sh ROLE STEP...: one of two clients that lock the same file. They synchronize with files on the mount.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
python3 - "$@" <<'P'
import errno, fcntl, os, struct, sys, time
role, steps = sys.argv[1], sys.argv[2:]
other = {"one": "two", "two": "one"}[role]
def say(what): os.close(os.open(f"{role}.{what}", os.O_WRONLY | os.O_CREAT, 0o644))
def hear(what):
    end = time.time() + 120
    while not os.path.exists(f"{other}.{what}"):
        assert time.time() < end, f"{other} does not say {what}"
        time.sleep(0.05); os.listdir(".")
f = os.open("locked", os.O_RDWR | os.O_CREAT, 0o644)
EX, SH, UN, NB = fcntl.LOCK_EX, fcntl.LOCK_SH, fcntl.LOCK_UN, fcntl.LOCK_NB
def fails(lock, *args):
    try: lock(f, *args)
    except OSError as e: assert e.errno in (errno.EAGAIN, errno.EACCES), e
    else: raise AssertionError(f"{args} was granted")
def holder(type, start, length):
    """F_GETLK: the type of the lock that is in the way, where it begins, and how long it is."""
    asked = struct.pack("hhqqi4x", type, os.SEEK_SET, start, length, 0)
    type, _, start, length, _ = struct.unpack("hhqqi4x", fcntl.fcntl(f, fcntl.F_GETLK, asked))
    return (type, start, length)
def timed(lock):
    start = time.time(); lock(); return time.time() - start

def one_ranges():
    fcntl.lockf(f, EX, 10, 100); fcntl.lockf(f, SH, 10, 200); fcntl.lockf(f, EX, 0, 1000)
    say("locked"); hear("looked")
    fcntl.lockf(f, UN, 2, 104); fcntl.lockf(f, SH, 2, 108); say("split"); hear("done")
    fcntl.lockf(f, UN)
def two_ranges():
    hear("locked")
    fails(fcntl.lockf, EX | NB, 1, 109); fails(fcntl.lockf, SH | NB, 1, 100); fails(fcntl.lockf, EX | NB, 1, 205)
    fails(fcntl.lockf, SH | NB, 0, 5000)
    fcntl.lockf(f, SH | NB, 10, 200); fcntl.lockf(f, EX | NB, 90, 110); fcntl.lockf(f, EX | NB, 100, 0)
    assert holder(fcntl.F_RDLCK, 0, 0) == (fcntl.F_WRLCK, 100, 10), holder(fcntl.F_RDLCK, 0, 0)
    assert holder(fcntl.F_WRLCK, 2000, 5) == (fcntl.F_WRLCK, 1000, 0), holder(fcntl.F_WRLCK, 2000, 5)
    say("looked"); hear("split")
    fcntl.lockf(f, EX | NB, 2, 104); fcntl.lockf(f, SH | NB, 2, 108)
    fails(fcntl.lockf, EX | NB, 1, 103); fails(fcntl.lockf, EX | NB, 1, 108)
    fcntl.lockf(f, UN); say("done")

def one_waits():
    for kind, (lock, unlock) in enumerate(((lambda: fcntl.lockf(f, EX), lambda: fcntl.lockf(f, UN)),
                                           (lambda: fcntl.flock(f, EX), lambda: fcntl.flock(f, UN)))):
        lock(); say(f"holds{kind}"); hear(f"asks{kind}"); time.sleep(4); unlock(); released = time.time()
        hear(f"has{kind}")
        handed = os.stat(f"two.has{kind}").st_mtime - released
        print("handed over after", handed); assert handed < 2, handed
        assert timed(lock) > 1, "it was not waited for"
        unlock()
def two_waits():
    for kind, (lock, unlock) in enumerate(((lambda: fcntl.lockf(f, EX), lambda: fcntl.lockf(f, UN)),
                                           (lambda: fcntl.flock(f, EX), lambda: fcntl.flock(f, UN)))):
        hear(f"holds{kind}"); say(f"asks{kind}")
        assert timed(lock) > 2, "it was not waited for"
        say(f"has{kind}"); time.sleep(4); unlock()

def one_dies():
    fcntl.flock(f, EX); os.fsync(f); say("dying"); time.sleep(1)
    with open("/proc/sysrq-trigger", "w") as trigger: trigger.write("o")
    time.sleep(60)
def two_inherits():
    hear("dying"); fails(fcntl.flock, EX | NB)
    waited = timed(lambda: fcntl.flock(f, EX))
    print("inherited after", waited); assert 5 < waited < 90, waited
    fcntl.flock(f, UN)

def one_keeps():
    fcntl.flock(f, EX); say("keeps"); hear("tried")
    os.pwrite(f, b"still mine", 0); os.fsync(f)
    fcntl.flock(f, UN); say("gave"); hear("took")
def two_steals():
    hear("keeps")
    shared, = os.environ["G_DIR"],
    open(f"{shared}/kill", "w").close()
    while not os.path.exists(f"{shared}/killed"): time.sleep(0.05)
    for _ in range(40): fails(fcntl.flock, EX | NB); time.sleep(0.5)
    say("tried"); hear("gave")
    fcntl.flock(f, EX); assert os.pread(f, 10, 0) == b"still mine"; say("took")
for step in steps: globals()[f"{role}_{step}"]()
P

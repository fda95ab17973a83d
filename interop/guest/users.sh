#!/bin/bash
# A user in twenty groups, and odd requests, on the mount of linux-client-users.sh.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
many() { setpriv --reuid 1500 --regid 1500 --groups "$(seq -s, 3001 3020)" "$@"; }
# The client sends sixteen groups, without the last one of these.
[ "$(many cat last-group)" = "for the last group" ]
many cat no-group 2>/dev/null && fail "a user without the group read the file"
# The server looks the user up, so it ignores a group that only the client claims.
setpriv --reuid 1500 --regid 1500 --groups 3100 cat no-group 2>/dev/null && fail "a group that the database does not know"
# A user that the server does not know has the groups that the client sends.
[ "$(setpriv --reuid 1600 --regid 1600 --groups 3100 cat no-group)" = "for another group" ]
many bash -c 'echo mine > by-many'
# Hard links to files of other users: only the rule of the client's kernel applies, if it is enabled.
echo 0 > /proc/sys/fs/protected_hardlinks
many ln others linked
[ "$(stat -c %i others)" = "$(stat -c %i linked)" ]
many rm linked 2>/dev/null && fail "the sticky bit does not hold"
# A FIFO has no extended attributes, and listing them succeeds.
python3 - <<'P'
import errno, os
def fails(what, *errnos):
    try: what()
    except OSError as e: assert e.errno in errnos, e
    else: raise SystemExit(f"no failure")
for name in "fifo", "symlink":
    names = os.listxattr(name, follow_symlinks=False)
    assert not [n for n in names if n.startswith("user.")], names
fails(lambda: os.setxattr("fifo", "user.a", b"b"), errno.EPERM, errno.EACCES)
# The maximum file size is that of the server's file system, so the write fails and not the flush.
with open("large", "wb", buffering=0) as f:
    try:
        os.pwrite(f.fileno(), b"x", (1 << 63) - 4096)
    except OSError as e:
        assert e.errno == errno.EFBIG, e
    os.fsync(f.fileno())
# Times that the server's file system cannot hold.
for far in 1 << 40, -(1 << 40):
    os.utime("large", (far, far))
os.utime("symlink", (7, 8), follow_symlinks=False)
assert os.stat("symlink", follow_symlinks=False).st_mtime == 8
P

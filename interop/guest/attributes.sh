#!/bin/bash
# Extended attributes and access control lists on the mount. `A` is an unprivileged user and `B` one of its groups.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
A=1234 B=5678
python3 - "$A" "$B" <<'P'
import os, struct, sys
A, B = sys.argv[1], sys.argv[2]
ALLOW, DENY, GROUP, FILE_INHERIT, DIRECTORY_INHERIT, INHERIT_ONLY = 0, 1, 0x40, 1, 2, 8
def pack(aces):
    out = struct.pack(">I", len(aces))
    for kind, flag, mask, who in aces:
        who = who.encode()
        out += struct.pack(">IIII", kind, flag, mask, len(who)) + who + b"\0" * (-len(who) % 4)
    return out
def unpack(value):
    (n,), at, aces = struct.unpack_from(">I", value), 4, []
    for _ in range(n):
        kind, flag, mask, size = struct.unpack_from(">IIII", value, at); at += 16
        aces.append((kind, flag, mask, value[at:at + size].decode())); at += size + (-size % 4)
    return aces
ACL = "system.nfs4_acl"
get = lambda f: unpack(os.getxattr(f, ACL))
put = lambda f, aces: os.setxattr(f, ACL, pack(aces))
mode = lambda f: os.stat(f).st_mode & 0o7777
def fetch(): open("/proc/sys/vm/drop_caches", "w").write("3")
def as_user(uid, gid, call):
    pid = os.fork()
    if pid == 0:
        os.setgroups([]); os.setresgid(gid, gid, gid); os.setresuid(uid, uid, uid)
        try: call(); os._exit(0)
        except OSError as e: os._exit(e.errno)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

open("f", "w").write("text"); os.chmod("f", 0o640)
assert get("f") == [(0, 0, 0x160187, "OWNER@"), (0, 0, 0x120081, "GROUP@"), (0, 0, 0x120080, "EVERYONE@")], get("f")
read = lambda: open("f").read()
write = lambda: open("f", "a").write("more")
assert as_user(int(A), 99, read) == 13
put("f", [(ALLOW, 0, 7, "OWNER@"), (ALLOW, 0, 1, A), (ALLOW, GROUP, 7, B), (ALLOW, 0, 1, "GROUP@")])
fetch(); assert mode("f") == 0o660, oct(mode("f"))
assert as_user(int(A), 99, read) == 0 and as_user(int(A), 99, write) == 13
assert as_user(4321, int(B), write) == 0 and as_user(4321, 99, read) == 13
os.chmod("f", 0o600); fetch()
assert as_user(int(A), 99, read) == 13, "the mode's group bits are the mask"
os.chmod("f", 0o660)
for rejected in ([(2, 0x10, 1, "OWNER@")], [(ALLOW, FILE_INHERIT, 1, "OWNER@")]):
    try: put("f", rejected); raise SystemExit("not rejected")
    except OSError as e: assert e.errno == 5, e  # what Linux makes of ATTRNOTSUPP, from knfsd too
try: put("f", [(ALLOW, 0, 1, "alice@nowhere")]); raise SystemExit("not rejected")
except OSError as e: assert e.errno == 22, e

os.mkdir("d"); os.chmod("d", 0o755)
inherit = FILE_INHERIT | DIRECTORY_INHERIT | INHERIT_ONLY
put("d", [(ALLOW, 0, 0x67, "OWNER@"), (ALLOW, 0, 0x21, "GROUP@"), (ALLOW, 0, 0x21, "EVERYONE@"),
          (ALLOW, inherit, 0x67, "OWNER@"), (ALLOW, inherit, 0x67, A), (ALLOW, inherit, 0x21, "GROUP@")])
os.umask(0o077)
open("d/new", "w").close(); fetch()
assert mode("d/new") == 0o664, ("the umask does not count where a list is inherited", oct(mode("d/new")))
assert A in [who for _, _, _, who in get("d/new")]
os.mkdir("d/below"); fetch(); assert mode("d/below") == 0o775, oct(mode("d/below"))
assert [ace for ace in get("d/below") if ace[1] == inherit], get("d/below")
open("plain", "w").close(); fetch(); assert mode("plain") == 0o600, oct(mode("plain"))
P
python3 -c 'import os; [os.setxattr("f", "user." + "n" * 180 + str(i), str(i).encode()) for i in range(300)]'
echo 3 > /proc/sys/vm/drop_caches; same "$(getfattr -m user f | grep -c ^user)" 300 "names listed"
python3 -c 'import os; os.setxattr("plain", "user.large", b"x" * 65536)'
python3 - <<'P'
import os
try: os.setxattr("plain", "user.large", b"x" * 65537); raise SystemExit("not rejected")
except OSError as e: assert e.errno == 7, e
P
same "$(getfattr --only-values -n user.large plain | wc -c)" 65536

#!/bin/bash
# Several users on a mount of the pseudo-root of linux-client-identity.sh.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
as() { local ids=$1; shift; setpriv --reuid "${ids%%:*}" --regid "${ids#*:}" --clear-groups "$@"; }
denied() { local said; said=$(LC_ALL=C "$@" 2>&1) && fail "not denied: $*"; case $said in *"Permission denied"*|*"not permitted"*) ;; *) fail "$*: $said";; esac; }
cd data
# The creator of a file owns it.
as 2000:2000 bash -c 'echo mine > by-2000'
echo root > by-root
# Mode bits and groups, one beyond the sixteen that AUTH_SYS carries is none of the caller's.
denied as 2000:2000 cat group
[ "$(setpriv --reuid 2000 --regid 2000 --groups 2500,3000 cat group)" = "for the group" ]
denied setpriv --reuid 2000 --regid 2000 --groups 2500,3000 bash -c 'echo more >> group'
denied as 2000:2000 rm group
denied ls roots
# Access control lists of the server's file system.
[ "$(as 2000:2000 cat listed)" = "for 2000" ]
denied as 2000:2000 bash -c 'echo more >> listed'
denied as 2500:2500 cat listed
as 1000:1000 bash -c 'umask 0; echo x > inherits/f'
as 2000:2000 bash -c 'echo y >> inherits/f'
denied as 2500:2500 cat inherits/f
# ACCESS reports the same permissions.
as 2000:2000 test -r listed; as 2000:2000 test -w listed && fail "ACCESS says that it may be written"
# Another file system is another export, mounted by itself, read only; one that is none is not entered.
[ "$(cat second/f)" = "on another file system" ]
[ "$(stat -c %d .)" != "$(stat -c %d second)" ]
[ "$(find . -xdev -name f | grep -c second)" = 0 ]
touch second/g 2>/dev/null && fail "written to what is read only"
[ "$(stat -c %d second/..)" = "$(stat -c %d .)" ]
mv second/f here 2>/dev/null && fail "moved out of a read-only export"
python3 -c '
import errno, os
try: os.rename("by-root", "second/f2")
except OSError as e: assert e.errno in (errno.EXDEV, errno.EROFS), e
else: raise SystemExit("renamed across")'
rmdir second 2>/dev/null && fail "removed what is mounted on"
ls mounted >/dev/null 2>&1 && fail "a file system that is not exported"
df . second >/dev/null
[ ! -e ../hidden ]; ls .. | grep data >/dev/null; ls .. | grep hidden >/dev/null && fail "an export of others is listed"
# Only the superuser of the server may use the reserved space.
cd ../small
same "$(stat -f -c %a .)" "$(stat -f -c %f .)" "what root may take"
reserved=$(as 2000:2000 sh -c 'echo $(($(stat -f -c "(%f - %a) * %S" .)))')
[ $reserved -gt $((24 << 20)) ] || fail "a user sees all free space except $reserved bytes as available"
as 2000:2000 dd if=/dev/zero of=filled bs=1M count=60 conv=fsync 2>"$G_DIR/dd" && fail "a user filled it"
grep -q "No space left" "$G_DIR/dd" || fail "$(cat "$G_DIR/dd")"
free=$(($(stat -f -c '%f * %S' .)))
[ $free -gt $((24 << 20)) ] || fail "a user took what is reserved: $free bytes are free"
dd if=/dev/zero of=by-root bs=1M count=8 conv=fsync 2>/dev/null
rm filled
if [ "$1" = yes ]; then
  as 2500:2500 dd if=/dev/zero of=over bs=1M count=3 conv=fsync 2>"$G_DIR/dd" && fail "a user exceeded his quota"
  grep -q "quota exceeded" "$G_DIR/dd" || fail "$(cat "$G_DIR/dd")"
fi

#!/bin/bash
# On a mount of the pseudo-root, one export is removed and another is added; docs does not change.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
wait_for() { for _ in $(seq 300); do [ -e "$G_DIR/$1" ] && return; sleep 0.1; done; fail "$1 does not come"; }
exec 3< films/read 4<> films/write 5>> docs/log
dd iflag=direct bs=4096 count=1 status=none <&3 | cmp -n 4096 - films/read
"$LAB/cfr.py" films/big films/copy > "$G_DIR/copy.log" 2>&1 & copy=$!
while [ ! -e "$G_DIR/over" ]; do echo line >&5; sync docs/log; sleep 0.1; done & writer=$!
wait_for copying; touch "$G_DIR/ready"; wait_for reloaded
before=$(wc -l < docs/log)

# C-040, B25: the copy ends, and the open files of films are no longer usable.
rc=0; wait $copy || rc=$?
[ "$rc" != 0 ] || fail "the copy did not fail"
cat "$G_DIR/copy.log"
! dd iflag=direct bs=4096 count=1 status=none <&3 > /dev/null 2> "$G_DIR/read.log" || fail "films is still read"
! dd if=/dev/zero oflag=direct bs=4096 count=1 status=none >&4 2> "$G_DIR/write.log" || fail "films is still written"
cat "$G_DIR/read.log" "$G_DIR/write.log"
! cat films/read > /dev/null 2>&1 || fail "films is still there"

# The new export is visible, and the unchanged one continues to work, for earlier and for new opens.
same "$(cat music/song)" song
ls > "$G_DIR/listing"; same "$(sort "$G_DIR/listing" | tr '\n' ' ')" "docs music "
for _ in $(seq 50); do [ "$(wc -l < docs/log)" -gt $((before + 5)) ] && break; sleep 0.1; done
[ "$(wc -l < docs/log)" -gt $((before + 5)) ] || fail "docs is no longer written"
echo new > docs/new
touch "$G_DIR/over"; wait $writer
exec 3<&- 4>&- 5>&-

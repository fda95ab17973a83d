#!/bin/bash
# Holds four read delegations. Another client writes to f and renames moving. This client copies from source with the stateid of its
# delegation, and holds that of g until the network fails.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
exec 9<f
same "$(cat <&9)" before "f"
: > "$G_DIR/holding"
set +x; for _ in $(seq 900); do [ -e "$G_DIR/written" ] && break; sleep 0.1; done; set -x
[ "$(operation DELEGRETURN)" -ge 1 ] || fail "f is still open here, and no delegation of it was recalled"
same "$(cat f)" after "f after the other client wrote"
same "$(stat -c %a f)" 640 "the mode of f"
exec 8<source
cat source > /dev/null
"$LAB/cfr.py" source copy
cmp source copy
[ "$(operation COPY)" -ge 1 ] || fail "copy_file_range did not reach the server"
# With a delegation, the client opens the file again without a call.
before=$(operation OPEN)+$(operation OPEN_NOATTR)
cat source > /dev/null
same "$(operation OPEN)+$(operation OPEN_NOATTR)" "$before" "how often files were opened"
# A recall during a copy with the delegation stateid: neither waits for the other.
exec 6<moving
cat moving > /dev/null
before=$(operation DELEGRETURN) copies=$(operation COPY)
CFR_STARTED=$G_DIR/copying "$LAB/cfr.py" moving moved.copy
[ -e "$G_DIR/moved" ] || fail "the other client waited for the copy"
same "$(operation COPY)" $((copies + 1)) "COPYs"
[ "$(operation DELEGRETURN)" -gt "$before" ] || fail "no delegation was returned while it was copied by"
cmp moved moved.copy
exec 7<g
same "$(cat <&7)" kept "g"
sync
for device in $(ls /sys/class/net | grep -v lo); do ip link set "$device" down; done
: > "$G_DIR/dead"
sleep 300

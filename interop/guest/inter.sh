#!/bin/bash
# Copies from server $A to server $B (RFC 7862 section 4), as the kernel requests them.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
case $1 in
  whole)
    # K-002, I-002, A-009: the servers copy, and the client does not read.  Linux requests this for more than 2 * rsize.
    for file in some eight large; do
      reads=$(operation READ $A) notifies=$(operation COPY_NOTIFY $A)
      timeout 100 "$LAB/cfr.py" $A/$file $B/$file
      same "$(operation READ $A)" "$reads" "READs by the client"
      [ "$(operation COPY_NOTIFY $A)" -gt "$notifies" ] || fail "no COPY_NOTIFY"
      same "$(operation WRITE $B)" 0 "WRITEs by the client"
      same "$(stat -c %s $B/$file)" "$(stat -c %s $A/$file)"
      cmp $A/$file $B/$file
    done
    # C-011: into the middle of a file that exists, from the middle of another.
    "$LAB/cfr.py" $A/eight $B/some 300000 65536 4096
    cmp -n 300000 -i 65536:4096 $A/eight $B/some ;;
  cancelled)
    # C5, X-016: OFFLOAD_CANCEL to both.
    # Of a file that no server has in its cache.
    "$LAB/cfr.py" $A/other $B/cancelled & pid=$!
    for _ in $(seq 100); do [ -e $B/cancelled ] && break; sleep 0.1; done
    sleep 2; kill -KILL $pid; wait $pid || true
    for m in $A $B; do
      for _ in $(seq 50); do [ "$(operation OFFLOAD_CANCEL $m)" -ge 1 ] && break; sleep 0.1; done
      [ "$(operation OFFLOAD_CANCEL $m)" -ge 1 ] || fail "no OFFLOAD_CANCEL to $m"
    done ;;
  denied)
    # K-010, K-012, K-014: it falls back to READ and WRITE.
    timeout 100 "$LAB/cfr.py" $A/eight $B/denied
    cmp $A/eight $B/denied
    [ "$(operation WRITE $B)" -gt 0 ] || fail "the servers copied although they must not" ;;
esac

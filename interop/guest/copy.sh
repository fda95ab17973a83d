#!/bin/bash
# copy_file_range(2) goes to the server as COPY.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
head -c 300000 /dev/urandom > src; head -c 9000000 /dev/urandom > large; sync
"$LAB/cfr.py" src small 4096; cmp -n 4096 src small; same "$(stat -c %s small)" 4096
"$LAB/cfr.py" src ranges 100000 5 7; cmp -n 100000 -i 5:7 src ranges
"$LAB/cfr.py" large copied; cmp large copied
"$LAB/cfr.py" large copied; cmp large copied
echo tail >> copied; same "$(stat -c %s copied)" 9000005 "a write right after the copy"
cp src by-cp; cmp src by-cp
copies=$(operation COPY); echo "COPY sent $copies times"
[ "${copies:-0}" -ge 4 ] || fail "copy_file_range did not reach the server"

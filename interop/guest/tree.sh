#!/bin/bash
# tree.sh ARCHIVE: unpacks, compares with the archive, lists, moves and removes.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
mkdir tree; tar -C tree -xpf "$1"; sync; echo 3 > /proc/sys/vm/drop_caches
tar -C tree -df "$1" || fail "the unpacked tree differs from the archive"
mkdir /run/tree; tar -C /run/tree -xpf "$1"
sums() { (cd "$1"; find . | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum); }
sums /run/tree > /run/sent; sums tree > /run/there; diff /run/sent /run/there
mv tree moved; same "$(find moved -type f | wc -l)" "$(find /run/tree -type f | wc -l)"

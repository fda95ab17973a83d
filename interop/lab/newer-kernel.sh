#!/bin/bash
# newer-kernel.sh 6.12|newest: fetches Debian's user-mode-linux of a newer release and makes it run here; nothing is compiled.
#   6.12    that of trixie (6.12.113 on the day this was written), bin/linux-6.12
#   newest  that of sid (7.2.7 on that day), bin/linux-newest
# Neither knfsd has the code to be the destination of a copy between servers; for that see build-kernel.sh.
# The binary needs a newer libc than the machine has, so patchelf makes it use one in the same directory. Takes 15 s.
. "$(dirname "$(readlink -f "$0")")/lib.sh"; set -eu
case $1 in 6.12) SUITE=trixie;; newest) SUITE=sid;; *) sed -n 2,6p "$0"; exit 2;; esac
D=$VAR/fetch/$SUITE; mkdir -p "$D"/lists/partial "$D"/cache/archives/partial "$VAR/bin"; cd "$D"
MIRROR=$(grep -hoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)   # the mirror this machine uses
fetch() {                        # fetch SUITE PACKAGE...: unpacked into x
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${MIRROR% } $1 main" > sources.list; shift
    O="-o Dir::Etc::sourcelist=$D/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$D/lists -o Dir::Cache=$D/cache"
    apt-get $O update -q >/dev/null; rm -f ./*.deb; apt-get $O download -q "$@" 2>/dev/null
    for p in ./*.deb; do dpkg -x "$p" x; done
}
rm -rf x; fetch $SUITE user-mode-linux libc6
L=$(dirname "$(find "$D/x/usr/lib" -name libc.so.6 | head -1)")
cp x/usr/bin/linux.uml "$VAR/bin/linux-$1.new"
patchelf --set-interpreter "$L/ld-linux-x86-64.so.2" --set-rpath "$L" "$VAR/bin/linux-$1.new"
mv "$VAR/bin/linux-$1.new" "$VAR/bin/linux-$1"
mkdir -p /usr/lib/uml/modules /lib/modules; cp -a x/usr/lib/uml/modules/* /usr/lib/uml/modules/
echo "linux-$1: $("$VAR/bin/linux-$1" --version)"

#!/bin/bash
# two-servers.sh [-k KERNEL] [-o MOUNT_OPTS] [-c CAPTURE.pcap] [-t SECONDS] A_HOST B_HOST SCRIPT [ARG...]
#   The real Linux client (a UML guest) mounts / of two servers inside the netns, port 2049, and runs SCRIPT with $A and $B
#   set to the mount points; exits with SCRIPT's status (100: mount failed, 101: umount failed, 124: timeout).
#   Both must listen on port 2049 of their own address: the Linux client announces that port for B, independent of its mount,
#   and a Linux destination reads from that port of A.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
K=${LAB_KERNEL:-stock} O=rsize=65536,wsize=65536 CAP= T=150
while getopts k:o:c:t: o; do case $o in k) K=$OPTARG;; o) O=$OPTARG;; c) CAP=$OPTARG;; t) T=$OPTARG;; *) exit 125;; esac; done
shift $((OPTIND-1)); [ $# -ge 3 ] || die "usage: two-servers.sh [opts] A_HOST B_HOST SCRIPT"
HA=$1 HB=$2; shift 2
net_up; TD=
trap '[ -n "$TD" ] && kill $TD 2>/dev/null; wait 2>/dev/null' EXIT
if [ -n "$CAP" ]; then ip netns exec "$NS" tcpdump -B 65536 -i $BR -s "${SNAP:-0}" -w "$CAP" -U tcp port 2049 2>/dev/null & TD=$!; sleep 0.5; fi
CMD=("$@"); [ -f "${CMD[0]}" ] && CMD[0]=$(readlink -f "${CMD[0]}")
"$LAB/guest.sh" -n client -k "$K" -t "$T" -- "$LAB/in-two-servers.sh" "$HA" "$HB" "$O" "${CMD[@]}"
rc=$?; [ -n "$CAP" ] && sleep 1.5
exit $rc

#!/bin/bash
# Runs inside the guest: mounts two servers, runs the script, unmounts.  in-two-servers.sh A_HOST B_HOST OPTS SCRIPT...
export LAB=$(dirname "$(readlink -f "$0")") A=/mnt/a B=/mnt/b
modules nfsv4
for pair in "$1 $A" "$2 $B"; do
    read -r host at <<<"$pair"; mkdir -p "$at"
    timeout 30 mount -t nfs4 -o "vers=4.2,proto=tcp,sec=sys,retry=0${3:+,$3}" "$host:/" "$at" ||
        { echo "in-two-servers: mounting $host failed" >&2; exit 100; }
done
shift 3; cd /mnt; "$@"; rc=$?
cd /; for m in $B $A; do timeout 30 umount $m || { echo "in-two-servers: umount $m failed" >&2; umount -l $m; [ $rc = 0 ] && rc=101; }; done
exit $rc

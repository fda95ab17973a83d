#!/bin/bash
# quotas.sh JAVA CLASSPATH: compares the quotas of the volume with those of the kernel.
M=/  # there is no mount here
. "$(dirname "$(readlink -f "$0")")/checks.sh"
modules loop; modules quota_v2
quotas() { "$1" -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData --enable-native-access=ALL-UNNAMED -cp "$2" Quotas "${@:3}"; }
cat > /run/quota.py <<'P'
# set DEVICE KIND ID SOFT HARD (KiB); used DEVICE KIND ID: in bytes.  Kind: 0 user, 1 group.
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
what, device, kind, id = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3]), int(sys.argv[4])
room = ctypes.create_string_buffer(72)
command = 0x800008 if what == "set" else 0x800007
if what == "set": room = ctypes.create_string_buffer(struct.pack("<8QI4x", int(sys.argv[6]), int(sys.argv[5]), 0, 0, 0, 0, 0, 0, 1))
if libc.quotactl(ctypes.c_int(command << 8 | kind).value, device, id, room): raise OSError(ctypes.get_errno(), "quotactl")
if what == "used": print(struct.unpack("<8QI4x", room.raw)[2])
P
quota() { python3 /run/quota.py "$@"; }
for kind in ext4 xfs; do
  at=/mnt/$kind; mkdir -p $at /run/state.$kind
  truncate -s 400M /var/tmp/$kind
  case $kind in
    ext4) mkfs.ext4 -q -F -O quota /var/tmp/ext4; mount -o loop,usrquota,grpquota /var/tmp/ext4 $at ;;
    xfs) mkfs.xfs -q -f /var/tmp/xfs; mount -o loop,uquota,gquota /var/tmp/xfs $at ;;
  esac
  device=$(awk -v at=$at '$2==at{print $1}' /proc/mounts)
  head -c 300000 /dev/zero > $at/f; head -c 200000 /dev/zero > $at/of-group; sync
  chown 2500:3000 $at/f; chown 1:3000 $at/of-group; sync
  quota set "$device" 0 2500 512 1024
  quota set "$device" 1 3000 0 4096
  user=$(quota used "$device" 0 2500) group=$(quota used "$device" 1 3000)
  [ "$user" -ge 300000 ] && [ "$group" -ge $((user + 200000)) ] || fail "$kind counts $user and $group"
  out=$(quotas "$1" "$2" $at /run/state.$kind f 2500:1 1:3000 0:0 7:7); echo "$out"
  same "$(sed -n 1p <<<"$out")" "2500:1 hard $((1048576 - user)) soft $((524288 - user)) used $user" "the owner, $kind"
  same "$(sed -n 2p <<<"$out")" "1:3000 hard $((4194304 - group)) soft $((4194304 - group)) used $group" "a member of the group, $kind"
  same "$(sed -n 3p <<<"$out")" "0:0 hard $((1048576 - user)) soft $((524288 - user)) used $user" "root, $kind"
  [ "$(sed -n '4s/.* hard \([0-9]*\) .*/\1/p' <<<"$out")" -gt 200000000 ] || fail "a stranger sees the quotas of others: $out"
  # The kernel enforces the quota of a user. The superuser exceeds it on ext4, as locally, and not on XFS.
  out=$(quotas "$1" "$2" --fill $at /run/state.$kind f 2500:1); echo "$out"
  wrote=$(sed -n 's/^he writes \([0-9]*\) QUOTA$/\1/p' <<<"$out")
  [ "${wrote:-0}" -gt $((1048576 - user - 262144)) ] && [ "$wrote" -le $((1048576 - user + 4096)) ] || fail "he wrote past his quota or not up to it: $out"
  case $kind in ext4) root="4194304 OK" ;; xfs) root="0 QUOTA" ;; esac
  same "$(grep '^root' <<<"$out")" "root writes $root" "root, $kind"
  # An owner without usage and without limits.
  rm -rf $at/f; : > $at/f; chown 4444:4444 $at/f
  quotas "$1" "$2" $at /run/state.$kind f 4444:4444 | grep ' used 0$' >/dev/null || fail "one who has nothing, $kind"
  umount $at
done
# A file system without quotas.
mkdir -p /mnt/plain /run/state.plain; mkfs.ext4 -q -F -O ^quota /var/tmp/ext4; mount -o loop /var/tmp/ext4 /mnt/plain; : > /mnt/plain/f
same "$(quotas "$1" "$2" /mnt/plain /run/state.plain f 0:0)" none "a file system without quotas"
umount /mnt/plain

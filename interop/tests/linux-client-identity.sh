# The kernel of the server's machine checks permissions by mode bits, groups, access control lists and quotas. The server squashes root
# for one network only, and lets one network read and another write. A file system inside an export is a separate export.
# The mounts are in a namespace of this process, so that they end with it.
if [ "${IDENTITY_INSIDE:-}" != yes ]; then IDENTITY_INSIDE=yes exec unshare -m "$BASH" "$0"; fi
. "$INTEROP/common.sh"
(. "$LAB/lib.sh"; net_up)
unmount() { for place in export/second export/mounted small; do umount "$work/$place" 2>/dev/null || true; done; cleanup; }
trap unmount EXIT
mkdir "$work/export" "$work/small" "$work/hidden"
data=$work/export
chmod 1777 "$data"
install -m 0640 -o 1000 -g 3000 /dev/null "$data/group"; echo for the group > "$data/group"
install -m 0600 -o 1000 -g 1000 /dev/null "$data/listed"; echo for 2000 > "$data/listed"
mkdir -m 0755 "$data/inherits"; chown 1000:1000 "$data/inherits"
mkdir -m 0700 "$data/roots"; mkdir "$data/second"; mkdir "$data/mounted"
acl=no
if setfacl -m u:2000:r "$data/listed" 2>/dev/null; then
  acl=yes; setfacl -d -m u:2000:rw,o::- "$data/inherits"; setfacl -m u:2000:rwx "$data/inherits"
fi
[ $acl = yes ] || fail "this machine has no setfacl"
mount -t tmpfs tmpfs "$data/second"; echo on another file system > "$data/second/f"; chmod 1777 "$data/second"
mount -t tmpfs tmpfs "$data/mounted"
# Half of this file system is reserved for root: it requires CAP_SYS_RESOURCE, as exceeding a quota does.  Where the
# kernel has quotas on ext4, user 2500 has one of 1 MiB, too.
truncate -s 64M "$work/image"
quota=no
mkfs.ext4 -q -m 50 -O quota "$work/image" && mount -o loop "$work/image" "$work/small" 2>/dev/null && quota=yes ||
  { mkfs.ext4 -q -F -m 50 -O ^quota "$work/image"; mount -o loop "$work/image" "$work/small"; }
chmod 1777 "$work/small"
[ $quota = no ] || python3 - "$(findmnt -n -o SOURCE "$work/small")" <<'P'
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
Q_SETQUOTA, KIB = 0x800008 << 8, 1024
limits = ctypes.create_string_buffer(struct.pack("<8QI4x", KIB, KIB, 0, 10, 10, 0, 0, 0, 1 | 4))
if libc.quotactl(Q_SETQUOTA, sys.argv[1].encode(), 2500, limits): raise OSError(ctypes.get_errno(), "quotactl")
P
cat > "$work/ferry.toml" <<T
listen = "$source_address:2049"
state = "$work/state"
admin = "$work/admin"
[[export]]
path = "$data"
pseudo-path = "/data"
networks = ["10.77.0.0/16"]
[[export]]
path = "$data/second"
pseudo-path = "/data/second"
networks = ["any"]
access = "ro"
[[export]]
path = "$work/small"
pseudo-path = "/small"
networks = ["10.77.0.0/16"]
squash = "none"
[[export]]
path = "$work/hidden"
pseudo-path = "/hidden"
networks = ["192.0.2.0/24"]
T
"$FERRY" serve --config "$work/ferry.toml" --check
serve server ip netns exec "$NS" "$FERRY" serve --config "$work/ferry.toml"
! grep -v '^listening' "$work/server.serve.log" || fail "a note of a server that is root"
"$LAB/linux-client.sh" -p / "$source_address:2049" "$INTEROP/guest/identity.sh" $quota
same "$(stat -c '%u:%g' "$data/by-2000")" 2000:2000 "the owner on the server's disk"
same "$(stat -c '%u:%g' "$data/by-root")" 65534:65534 "squashed root"
same "$(stat -c %a "$data/inherits/f")" 660 "the mode under a default list"
same "$(stat -c '%u:%g' "$work/small/by-root")" 0:0 "root without squashing"
stop server

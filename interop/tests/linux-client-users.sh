# The server looks up the groups of a user because AUTH_SYS carries at most 16. The fs.protected_hardlinks of its machine does not apply to
# clients, and no client reaches its state folder. Values that a file system cannot store fail.
# The users are in a mount namespace of this test, which the guest sees, too.
if [ "${USERS_INSIDE:-}" != yes ]; then USERS_INSIDE=yes exec unshare -m "$BASH" "$0"; fi
. "$INTEROP/common.sh"
unmount() { for file in passwd group; do umount "/etc/$file" 2>/dev/null || true; done; cleanup; }
trap unmount EXIT
cp /etc/passwd /etc/group "$work"
echo 'ferry-many:x:1500:1500::/:/bin/sh' >> "$work/passwd"
for gid in $(seq 3001 3020); do echo "ferry-$gid:x:$gid:ferry-many" >> "$work/group"; done
for file in passwd group; do mount --bind "$work/$file" "/etc/$file"; done
same "$(id -G ferry-many | wc -w)" 21 "the groups of the user of this test"
mkdir "$work/export"; chmod 1777 "$work/export"
cd "$work/export"
install -m 0640 -g 3020 /dev/null last-group; echo for the last group > last-group
install -m 0640 -g 3100 /dev/null no-group; echo for another group > no-group
install -m 0644 /dev/null others; echo of root > others
ln -s others symlink
mkfifo fifo; chmod 0644 fifo
cd /
[ "$(cat /proc/sys/fs/protected_hardlinks)" = 1 ] || echo "note: this machine does not protect hard links"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state" --admin "$work/admin"
"$LAB/linux-client.sh" -p / "$server" "$INTEROP/guest/users.sh"
same "$(stat -c %h "$work/export/others")" 2 "names of the linked file"
for folder in state admin; do
  same "$(find "$work/$folder" ! \( -uid 0 -gid 0 \) -o ! -type s -perm /077)" "" "what is not the server's own in its folder"
done
find "$work/state" -name 'clients.mv' | grep . >/dev/null || fail "the server has no record of clients"
stop server

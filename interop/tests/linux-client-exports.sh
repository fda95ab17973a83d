# C-040, B25: a reload removes an export in which a client has open files and a running copy, adds another and keeps a third. The server
# closes all files of the removed export, and the reload does not wait for the client.
. "$INTEROP/common.sh"
mkdir "$work/films" "$work/docs" "$work/music"
head -c 209715200 /dev/urandom > "$work/films/big"
for name in read write; do head -c 8192 /dev/urandom > "$work/films/$name"; done
echo song > "$work/music/song"
exports() {
  printf '%s\n' 'listen = "127.0.0.1:0"' "state = \"$work/state\"" "admin = \"$work/admin\"" 'copy-rate = 10'
  for name in "$@"; do
    printf '%s\n' '[[export]]' "path = \"$work/$name\"" "pseudo-path = \"/$name\"" 'networks = ["any"]' 'squash = "none"'
  done
}
exports films docs > "$work/ferry.toml"
serve server "$FERRY" serve --config "$work/ferry.toml"
run=$NFS_LAB_VAR/run/exports
rm -rf "$run"
wait_for() { for _ in $(seq 300); do [ -e "$1" ] && return; sleep 0.1; done; fail "$1 does not come"; }
descriptors() { find "/proc/$server_pid/fd" -lname "$work/films*" | wc -l; }
admin() { local what=$1; shift; "$FERRY" "$what" --admin "$work/admin" "$@" "nfs://$server"; }

"$LAB/linux-client.sh" -n exports -t 60 -p / "$server" "$INTEROP/guest/exports.sh" & guest=$!
wait_for "$run"
for _ in $(seq 100); do admin copies 2>&1 | grep running >/dev/null && break; sleep 0.2; done
touch "$run/copying"; wait_for "$run/ready"
[ "$(descriptors)" -gt 0 ] || fail "nothing is open"
admin exports

# An error in the file prevents the reload, and the message has its line.
(exports films docs; echo 'acess = "ro"') > "$work/ferry.toml"
rc=0; out=$(admin exports --reload 2>&1) || rc=$?
same "$rc" 1; grep -q 'ferry.toml:15:1: acess: no such key; is access meant?' <<<"$out" || fail "$out"

exports docs music > "$work/ferry.toml"
out=$(admin exports --reload); echo "$out"
same "$out" "removed /films ($work/films)
added /music ($work/music)"
same "$(admin copies 2>&1)" "no copies" "copies"
same "$(descriptors)" 0 "descriptors of films"
touch "$run/reloaded"
rc=0; wait $guest || rc=$?
same "$rc" 0 "the client"
same "$(cat "$work/docs/new")" new
[ "$(stat -c %b "$work/films/copy")" -lt "$(stat -c %b "$work/films/big")" ] || fail "the copy was not interrupted"

# The same server after a restart with the exports in another order.
stop server
exports music docs > "$work/ferry.toml"
serve server "$FERRY" serve --config "$work/ferry.toml"
same "$(cat "$work"/state/export-*/server-folder | sort -u | wc -l)" 1 "folders of the server"
same "$("$FERRY" cat "nfs://$server/docs/new")" new
stop server

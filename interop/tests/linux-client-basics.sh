# The real Linux client mounts `ferry serve`, which runs as root, and performs common administrative tasks.
. "$INTEROP/common.sh"
mkdir "$work/export"; echo "hello from the server" > "$work/export/hello"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -t 240 -p / "$server" "$INTEROP/guest/basics.sh"
same "$(stat -c %a "$work/export/hard")" 4711 "the mode on the server's disk"
[ -p "$work/export/fifo" ] || fail "no FIFO on the server's disk"
stop server

# A small C project is unpacked, built in parallel, changed, built again and thrown away on the real Linux client; what was built runs on the server's side, too.
. "$INTEROP/common.sh"
mkdir "$work/export"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -t 300 -p / "$server" "$INTEROP/guest/build.sh"
same "$("$work/export/kept/program")" 1240 "the program, run where the server is"
[ ! -e "$work/export/project" ] || fail "the project is still there"
stop server

# The real Linux client unpacks a small C project, builds it in parallel, changes it, builds it again and removes it. The program also runs at the server.
. "$INTEROP/common.sh"
mkdir "$work/export"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -t 300 -p / "$server" "$INTEROP/guest/build.sh"
same "$("$work/export/kept/program")" 1240 "the program, run where the server is"
[ ! -e "$work/export/project" ] || fail "the project is still there"
stop server

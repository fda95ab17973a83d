# Two Linux clients write one SQLite database on the mount, with locks at the server. No record is lost or duplicated.
. "$INTEROP/common.sh"
mkdir "$work/export"
serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
writer() { "$LAB/linux-client.sh" -n "$1" -t 300 -p / "$server" "$INTEROP/guest/sqlite.sh" "$1" "$2" 100; }
writer client client2 & one=$!
writer client2 client & two=$!
rc=0; wait $one || rc=$?; same "$rc" 0 "one writer"
rc=0; wait $two || rc=$?; same "$rc" 0 "the other writer"
same "$(python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])' "$work/export/shared.db")" ok "the database where the server is"
stop server

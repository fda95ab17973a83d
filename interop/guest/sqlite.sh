#!/bin/bash
# sqlite.sh NAME OTHER COUNT: one of two writers of a SQLite database, each on a separate client. Every transaction locks, reads the
# other's records, and syncs. A lost lock results in a duplicate number, and a lost write in a missing one.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
python3 - "$@" <<'P'
import os, sqlite3, sys, time
name, other, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
open(f"ready.{name}", "w").close()
while not os.path.exists(f"ready.{other}"): time.sleep(0.05)
def connect(): return sqlite3.connect("shared.db", timeout=120, isolation_level=None)
db = connect()
db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, writer TEXT, own INTEGER)")
db.execute("CREATE TABLE IF NOT EXISTS total (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER)")
db.execute("INSERT OR IGNORE INTO total VALUES (1, 0)")
for own in range(count):
    db.execute("BEGIN IMMEDIATE")
    (value,) = db.execute("SELECT value FROM total").fetchone()
    (rows,) = db.execute("SELECT count(*) FROM entries").fetchone()
    assert rows == value, (rows, value)
    db.execute("INSERT INTO entries VALUES (?, ?, ?)", (value + 1, name, own))
    db.execute("UPDATE total SET value = value + 1")
    db.execute("ROLLBACK" if own % 10 == 9 else "COMMIT")
    if own % 20 == 0: db.close(); db = connect()
db.close()
open(f"done.{name}", "w").close()
while not os.path.exists(f"done.{other}"): time.sleep(0.05)
db = connect()
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
kept = count - count // 10
assert db.execute("SELECT value FROM total").fetchone() == (2 * kept,)
for writer in (name, other):
    own = [row[0] for row in db.execute("SELECT own FROM entries WHERE writer = ? ORDER BY number", (writer,))]
    assert own == [n for n in range(count) if n % 10 != 9], writer
print("both have written", kept)
db.close()
P
operation LOCK
[ "$(operation LOCK)" -gt "$3" ] || fail "the locks did not reach the server"

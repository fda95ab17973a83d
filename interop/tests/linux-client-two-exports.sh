# The client finds two exports under one pseudo-root, and each is a separate file system.
. "$INTEROP/common.sh"
mkdir "$work/one" "$work/two"; echo 1 > "$work/one/f"; echo 2 > "$work/two/f"
serve server "$FERRY" serve "/one=$work/one" "/deep/two=$work/two" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -p / "$server" bash -c '
  set -e
  [ "$(cat one/f)" = 1 ]; [ "$(cat deep/two/f)" = 2 ]
  [ "$(stat -c %d one)" != "$(stat -c %d deep/two)" ]
  echo 3 > deep/two/g
  ! touch nothing-is-made-here 2>/dev/null
  ! mv one/f deep/two/f 2>/dev/null || [ ! -e one/f ]'
same "$(cat "$work/two/g")" 3
"$LAB/linux-client.sh" -p /deep/two "$server" cat g
stop server

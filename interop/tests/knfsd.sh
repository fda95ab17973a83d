# Ferry's client on the real knfsd: list, read, write, and copies that the server makes: CLONE on XFS, COPY in the
# background on tmpfs, and, where FERRY_KNFSD_612 names a UML kernel of Linux 6.12, the COPY at once that it answers with.
. "$INTEROP/common.sh"
port=$((21000 + RANDOM % 9000)); url=nfs://127.0.0.1:$port
trap '"$LAB/knfsd.sh" stop -n iknfsd; cleanup' EXIT
"$LAB/knfsd.sh" start -n iknfsd -f xfs -m 1500M -M 1024 -r "$port" -x 'echo hello > hello; head -c 5000000 /dev/urandom > five; mkdir -m 777 in'
"$FERRY" ls -l "$url/"
same "$("$FERRY" cat "$url/hello")" hello
mkdir "$work/tree"; make_tree "$work/tree" 400
"$FERRY" cp -r "$work/tree" "$url/in/tree"
"$FERRY" cp -r "$url/in/tree" "$work/back"
diff <(checksums "$work/tree") <(checksums "$work/back") || fail "a tree sent and fetched differs"
out=$("$FERRY" cp --require-offload "$url/five" "$url/in/five"); echo "$out"
grep -Eq 'by the server' <<<"$out" || fail "the server did not copy"
"$FERRY" cp -r --require-offload "$url/in/tree" "$url/in/again"
"$FERRY" cp -r "$url/in/again" "$work/again"
diff <(checksums "$work/tree") <(checksums "$work/again") || fail "a tree copied by the server differs"
"$FERRY" mv "$url/in/five" "$url/in/moved"; "$FERRY" rm -r "$url/in/again"
"$LAB/knfsd.sh" exec -n iknfsd 'cmp five in/moved && [ ! -e in/again ]'
"$LAB/knfsd.sh" stop -n iknfsd

ferry_home=$INTEROP/..
asynchronous_copy() {
  "$(cat "$ferry_home/.ferry/jdk")/bin/java" -XX:TieredStopAtLevel=1 \
    -cp "$(echo "$ferry_home"/cli/target/ferry-cli-*.jar):$ferry_home/cli/target/lib/*" \
    "$INTEROP/tests/AsynchronousCopy.java" "$port" "$@"
}
# operations NUMBER: prints how often knfsd received an operation.
operations() { "$LAB/knfsd.sh" exec -n iknfsd 'grep proc4ops /proc/net/rpc/nfsd' | awk -v n="$1" '{print $(n + 3)}'; }
COPY=60 OFFLOAD_CANCEL=66 OFFLOAD_STATUS=67 COMMIT=5

# tmpfs has no reflinks: knfsd copies asynchronously and sends CB_OFFLOAD.
"$LAB/knfsd.sh" start -n iknfsd -f tmpfs -m 1700M -M 1400 -r "$port" \
  -x 'head -c 8M /dev/urandom > eight; head -c 600M /dev/urandom > large; mkdir -m 777 in'
out=$(asynchronous_copy copy /eight /in/eight); echo "$out"
grep -q '^OFFLOADED 8388608 ' <<<"$out" || fail "8 MiB were not copied in the background"
# knfsd 7.2 sends CB_OFFLOAD with a stateid of zeros, so the client sends OFFLOAD_STATUS immediately to find the copy that has ended.
asked=0; case $("$LAB/knfsd.sh" exec -n iknfsd 'uname -r') in 6.1.*) ;; *) asked=1 ;; esac
[ "$(operations $OFFLOAD_STATUS)" -le $asked ] || fail "more OFFLOAD_STATUS calls than necessary"
out=$(asynchronous_copy copy /large /in/large); echo "$out"
grep -q '^OFFLOADED 629145600 ' <<<"$out" || fail "600 MiB were not copied in the background"
same "$(operations $COPY)" 2 "COPYs"
# CB_OFFLOAD reports that a copy is stable; OFFLOAD_STATUS does not, so the client commits a copy whose end it only polled.
same "$(operations $COMMIT)" $((2 * asked)) "COMMITs"
"$LAB/knfsd.sh" exec -n iknfsd 'cmp eight in/eight && cmp large in/large && rm in/large' || fail "a copy in the background differs"
# The copy takes a fraction of a second and may end before the cancellation. The test then tries again.
for attempt in 1 2 3; do
  out=$(asynchronous_copy cancel /large /in/large); echo "$out"
  grep -q '^CANCELLED after ' <<<"$out" && break
  "$LAB/knfsd.sh" exec -n iknfsd 'rm in/large'
done
grep -q '^CANCELLED after ' <<<"$out" || fail "the copy was not cancelled"
same "$(operations $OFFLOAD_CANCEL)" 1 "OFFLOAD_CANCELs"
stopped=$("$LAB/knfsd.sh" exec -n iknfsd 'stat -c %s in/large')
[ "$stopped" -lt 629145600 ] || fail "the server continued after OFFLOAD_CANCEL"
same "$("$LAB/knfsd.sh" exec -n iknfsd 'sleep 1; stat -c %s in/large')" "$stopped" "the server continues after OFFLOAD_CANCEL"
# The connection breaks during the copy: the next one is bound to the backchannel, and the copy continues.
asynchronous_copy copy /large /in/cut >"$work/cut" & copying=$!
"$LAB/knfsd.sh" exec -n iknfsd 'rm in/large; until [ -s in/cut ]; do sleep 0.02; done; stat -c "cut at %s bytes" in/cut'
"$LAB/knfsd.sh" cut -n iknfsd -r "$port"
wait "$copying" || fail "the copy failed with its connection"
cat "$work/cut"
grep -q '^OFFLOADED 629145600 ' "$work/cut" || fail "the copy did not continue asynchronously"
"$LAB/knfsd.sh" exec -n iknfsd 'cmp large in/cut' || fail "a copy over two connections differs"
out=$("$FERRY" cp --require-offload "$url/eight" "$url/in/nine"); echo "$out"
grep -q 'in the background' <<<"$out" || fail "ferry cp does not say how"
# The server is killed after some bytes, and another one with other files replaces it: the copy ends with a failure.
"$LAB/knfsd.sh" exec -n iknfsd 'rm in/cut; (until [ -s in/gone ]; do :; done; echo o > /proc/sysrq-trigger) >/dev/null 2>&1 & echo armed'
timeout 150 bash -c "$(declare -f asynchronous_copy); ferry_home=$ferry_home port=$port; asynchronous_copy copy /large /in/gone" >"$work/gone" 2>&1 & copying=$!
for _ in $(seq 100); do kill -0 "$(cat "$NFS_LAB_VAR/run/iknfsd.pid")" 2>/dev/null || break; sleep 0.2; done
"$LAB/knfsd.sh" stop -n iknfsd
"$LAB/knfsd.sh" start -n iknfsd -f tmpfs -r "$port" -x 'mkdir -m 777 in'
rc=0; wait "$copying" || rc=$?
cat "$work/gone"
[ "$rc" != 124 ] || fail "a copy of a dead server does not end"
grep -q '^OFFLOADED' "$work/gone" && fail "a copy of a dead server is reported as complete"
"$LAB/knfsd.sh" stop -n iknfsd

[ -x "${FERRY_KNFSD_612:-}" ] || { echo "FERRY_KNFSD_612 names no kernel: COPY on Linux 6.12 was not tried"; exit 0; }
"$LAB/knfsd.sh" start -n iknfsd -k "$FERRY_KNFSD_612" -f tmpfs -m 1G -M 500 -r "$port" \
  -x 'head -c 10M /dev/urandom > ten; mkdir -m 777 in'
out=$(asynchronous_copy copy /ten /in/ten); echo "$out"
grep -q '^SYNCHRONOUS 10485760 ' <<<"$out" || fail "10 MiB were not copied at once"
same "$(operations $COPY)" 3 "COPYs of 4 MiB at most"
"$LAB/knfsd.sh" exec -n iknfsd 'cmp ten in/ten' || fail "a copy at once differs"

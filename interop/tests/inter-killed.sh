# Each participant of a copy between two servers is killed (kill -9) during the copy: the copy resumes by itself, or leaves no state behind.
. "$INTEROP/common.sh"
mkdir "$work/a" "$work/b"
head -c 209715200 /dev/urandom > "$work/a/large"
a_serve() { serve a "$FERRY" serve "$work/a" --listen "127.0.0.1:${1:-0}" --state "$work/a.state" --admin "$work/a.admin" --lease 10; }
b_serve() { serve b "$FERRY" serve "$work/b" --listen "127.0.0.1:${1:-0}" --state "$work/b.state" --admin "$work/b.admin" --lease 10 --copy-rate 25; }
a_serve; b_serve

# copy_begins NAME: starts a copy and returns in the middle of it.
copy_begins() {
  "$FERRY" cp --require-offload "nfs://$a/large" "nfs://$b/$1" > "$work/$1.log" 2>&1 & copying=$!
  for _ in $(seq 300); do
    [ "$(stat -c %s "$work/b/$1" 2>/dev/null || echo 0)" -lt 40000000 ] || return 0
    kill -0 "$copying" || { cat "$work/$1.log"; fail "the copy ended early"; }
    sleep 0.1
  done
  fail "the copy does not begin"
}

# copy_ends NAME: it must succeed.
copy_ends() {
  local rc=0; wait "$copying" || rc=$?
  cat "$work/$1.log"
  same "$rc" 0 "the exit status of the copy"
  cmp "$work/a/large" "$work/b/$1"
}

# killed NAME: ends a server as a crash does.
killed() { local pid; eval "pid=\$${1}_pid"; kill -KILL "$pid"; wait "$pid" || true; }

copy_begins destination-dies
killed b; sleep 1; b_serve "${b##*:}"
copy_ends destination-dies

copy_begins source-dies
killed a; sleep 1; a_serve "${a##*:}"
copy_ends source-dies

copy_begins both-die
killed a; killed b; sleep 1; b_serve "${b##*:}"; a_serve "${a##*:}"
copy_ends both-die

copy_begins client-dies
kill -KILL "$copying"; wait "$copying" || true
for _ in $(seq 30); do
  out=$("$FERRY" copies --json --admin "$work/b.admin" "nfs://$b"); [ -n "$out" ] || break; sleep 1
done
same "$out" "" "a copy of a dead client continues"
stands_still "$work/b/client-dies"
stop a; stop b

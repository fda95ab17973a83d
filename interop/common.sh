# Common functions, sourced by each test.
set -eu
set -o pipefail
work=$(mktemp -d "${FERRY_INTEROP_VAR}/$(basename "$0" .sh).XXXXXX")
started=()

fail() { echo "FAILED: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "${3:-differs}: '$1' is not '$2'"; }

cleanup() {
  for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null || true; done
  for pid in ${started[@]+"${started[@]}"}; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# serve NAME [AS-USER] ARGUMENT...: starts `ferry serve`, waits until it listens, sets NAME to its host:port.
serve() {
  local name=$1 log=$work/$1.serve.log
  shift
  : >"$log"  # now: what an earlier one said must not be taken for the word of this one
  "$@" </dev/null >>"$log" 2>&1 &
  started+=($!)
  eval "${name}_pid=$!"
  for _ in $(seq 1 600); do
    if grep -q '^listening on ' "$log"; then
      eval "$name=$(sed -n 's/^listening on \([^ ]*\).*/\1/p' "$log" | head -1)"
      return
    fi
    kill -0 "$!" 2>/dev/null || { cat "$log"; fail "ferry serve ended"; }
    sleep 0.1
  done
  cat "$log"; fail "ferry serve does not listen"
}

# stop NAME: sends SIGTERM to the server and expects exit status 0.
stop() {
  local pid; eval "pid=\$${1}_pid"
  kill -TERM "$pid"
  local rc=0; wait "$pid" || rc=$?
  [ "$rc" = 0 ] || { cat "$work/$1.serve.log"; fail "ferry serve ended with $rc after SIGTERM"; }
}

# checksums DIR: every file of a tree with type, mode, links, size, time and contents, in one order.
checksums() { (cd "$1" && find . -mindepth 1 -printf '%P\t%y\t%m\t%n\t%s\t%TY-%Tm-%Td %TH:%TM:%TS\t%l\n' | grep -vP '\td\t.*' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum); }

# make_tree DIR FILES: a tree of that many files, with directories, symbolic links, hard links and a sparse file.
make_tree() {
  python3 - "$1" "$2" <<'P'
import os, random, sys
root, count = sys.argv[1], int(sys.argv[2])
random.seed(7)
for i in range(count):
    d = os.path.join(root, f"d{i % 37:02d}", f"e{i % 11}")
    os.makedirs(d, exist_ok=True)
    p = os.path.join(d, f"file {i} \u00e4")
    with open(p, "wb") as f: f.write(random.randbytes(random.choice((0, 1, 100, 4096, 20000))))
    os.chmod(p, random.choice((0o644, 0o600, 0o755)))
    os.utime(p, ns=(1_600_000_000_123456789 + i, 1_500_000_000_987654321 + i))
    if i % 50 == 0: os.symlink(f"file {i} \u00e4", p + ".sym")
    if i % 60 == 0: os.link(p, p + ".hard")
with open(os.path.join(root, "sparse"), "wb") as f:
    f.seek(64 << 20); f.write(b"end")
P
}

# inside COMMAND...: runs it in the network namespace of the guests.
inside() { ip netns exec "$NS" "$@"; }

# serve_inside NAME ADDRESS DIR ARGUMENT...: `ferry serve` on port 2049 of one of the namespace's spare addresses.
serve_inside() {
  local name=$1 address=$2 folder=$3
  shift 3
  (. "$LAB/lib.sh"; net_up)
  serve "$name" ip netns exec "$NS" "$FERRY" serve "$folder" --listen "$address:2049" --squash none \
    --state "$work/$name.state" --admin "$work/$name.admin" "$@"
}

# The addresses of the two Ferry servers of a copy between servers.
source_address=10.77.0.2 destination_address=10.77.0.3

# sources DIR: the files that guest/inter.sh copies.
sources() {
  head -c 300000 /dev/urandom > "$1/some"; head -c 8388608 /dev/urandom > "$1/eight"; for file in large other; do head -c 209715200 /dev/urandom > "$1/$file"; done
}

# stands_still FILE: checks that no process writes to the file.
stands_still() {
  local before; before=$(stat -c '%s %b' "$1"); sleep 1
  same "$(stat -c '%s %b' "$1")" "$before" "$1 is still written to"
}

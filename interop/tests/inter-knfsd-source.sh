# Ferry's server copies from knfsd 6.1, at the request of the Linux client and of Ferry's client.
. "$INTEROP/common.sh"
trap '"$LAB/knfsd.sh" stop -n srcA; cleanup' EXIT
"$LAB/knfsd.sh" start -n srcA -f tmpfs -m 1G -M 600 \
  -x 'head -c 300000 /dev/urandom > some; head -c 8M /dev/urandom > eight; head -c 200M /dev/urandom > large; head -c 200M /dev/urandom > other'
mkdir "$work/b"
A=10.77.0.21
client() { "$LAB/two-servers.sh" "$A" "$destination_address" "$INTEROP/guest/inter.sh" "$@"; }

serve_inside b "$destination_address" "$work/b"
client whole
out=$(inside "$FERRY" cp --require-offload "nfs://$A/large" "nfs://$destination_address/ferry"); echo "$out"
cmp "$work/b/large" "$work/b/ferry"
stop b

serve_inside b "$destination_address" "$work/b" --copy-rate 20
client cancelled
stands_still "$work/b/cancelled"
[ "$(stat -c %s "$work/b/cancelled")" -lt 209715200 ] || fail "the copy was not interrupted"
stop b

serve_inside b "$destination_address" "$work/b" --copy-from none
client denied
inside "$FERRY" cp "nfs://$A/eight" "nfs://$destination_address/streamed"
cmp "$work/b/eight" "$work/b/streamed"
rc=0; inside "$FERRY" cp --require-offload "nfs://$A/eight" "nfs://$destination_address/refused" || rc=$?
same "$rc" 1 "the exit status of a copy that must not pass through the client"
stop b

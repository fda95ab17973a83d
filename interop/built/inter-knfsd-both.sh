# Ferry's client has two knfsds copy between them: whole, cancelled, and denied.
. "$INTEROP/common.sh"
trap '"$LAB/knfsd.sh" stop -n srcA; "$LAB/knfsd.sh" stop -n dstB; cleanup' EXIT
A=10.77.0.21 B=10.77.0.22
"$LAB/knfsd.sh" start -n srcA -f tmpfs -m 1G -M 600 -x 'head -c 8M /dev/urandom > eight; head -c 200M /dev/urandom > large; head -c 200M /dev/urandom > other'
"$LAB/knfsd.sh" start -n dstB -k "$FERRY_KERNELS/linux-ssc" -f tmpfs -m 1G -M 600
sums() { "$LAB/knfsd.sh" exec -n "$1" "sha256sum < $2"; }

for file in eight large; do
  out=$(inside "$FERRY" cp --require-offload "nfs://$A/$file" "nfs://$B/$file"); echo "$out"
  same "$(sums dstB $file)" "$(sums srcA $file)" "$file differs"
done

inside tc qdisc replace dev t_dstB root tbf rate 40mbit burst 64k latency 500ms
inside "$FERRY" cp --require-offload "nfs://$A/other" "nfs://$B/cancelled" & copying=$!
sleep 4; kill -INT "$copying"
rc=0; wait "$copying" || rc=$?
same "$rc" 130 "the exit status of an interrupted copy"
size=$("$LAB/knfsd.sh" exec -n dstB 'stat -c %s cancelled')
[ "$size" -lt 209715200 ] || fail "the copy was not interrupted"
same "$("$LAB/knfsd.sh" exec -n dstB 'sleep 1; stat -c %s cancelled')" "$size" "knfsd goes on after OFFLOAD_CANCEL"
"$LAB/knfsd.sh" stop -n dstB

# The kernel as Debian builds it is no destination.
"$LAB/knfsd.sh" start -n dstB -f tmpfs -m 1G -M 600
out=$(inside "$FERRY" cp "nfs://$A/eight" "nfs://$B/eight"); echo "$out"
same "$(sums dstB eight)" "$(sums srcA eight)" "a streamed file differs"
rc=0; inside "$FERRY" cp --require-offload "nfs://$A/eight" "nfs://$B/refused" || rc=$?
same "$rc" 1 "the exit status of a copy that must not pass through the client"

# knfsd 6.1 copies from Ferry's server, at the request of the Linux client and of Ferry's client.
. "$INTEROP/common.sh"
trap '"$LAB/knfsd.sh" stop -n dstB; cleanup' EXIT
mkdir "$work/a"; sources "$work/a"
B=10.77.0.22
client() { "$LAB/two-servers.sh" "$source_address" "$B" "$INTEROP/guest/inter.sh" "$@"; }
knfsd() { "$LAB/knfsd.sh" start -n dstB -k "$FERRY_KERNELS/linux-ssc" -f tmpfs -m 1500M -M 900; }

serve_inside a "$source_address" "$work/a"
knfsd
client whole
out=$(inside "$FERRY" cp --require-offload "nfs://$source_address/large" "nfs://$B/ferry"); echo "$out"
"$LAB/knfsd.sh" exec -n dstB 'cmp large ferry'
# Only the network limits the rate of knfsd.
inside tc qdisc replace dev t_dstB root tbf rate 40mbit burst 64k latency 500ms
client cancelled
size=$("$LAB/knfsd.sh" exec -n dstB 'stat -c %s cancelled')
[ "$size" -lt 209715200 ] || fail "the copy was not interrupted"
same "$("$LAB/knfsd.sh" exec -n dstB 'sleep 1; stat -c %s cancelled')" "$size" "knfsd continues after OFFLOAD_CANCEL"
inside tc qdisc del dev t_dstB root
stop a
serve_inside a "$source_address" "$work/a" --copy-to none
client denied
stop a

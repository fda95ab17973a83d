# Ferry's client requests copies from one knfsd to another: a complete one, a cancelled one, and one that fails because the destination does
# not copy between servers.
. "$INTEROP/common.sh"
trap 'for n in srcA dstB; do "$LAB/knfsd.sh" stop -n $n; done; cleanup' EXIT
ferry_home=$INTEROP/..
# The copies require the servers' own addresses, and port 2049 of the source, so the client runs in their network.
copy() {
  ip netns exec "$NS" timeout 100 "$(cat "$ferry_home/.ferry/jdk")/bin/java" -XX:TieredStopAtLevel=1 \
    -cp "$(echo "$ferry_home"/cli/target/ferry-cli-*.jar):$ferry_home/cli/target/lib/*" \
    "$INTEROP/built/ServerToServerCopy.java" "$@"
}
# operations GUEST NUMBER: prints how often a knfsd received an operation.
operations() { "$LAB/knfsd.sh" exec -n "$1" 'grep proc4ops /proc/net/rpc/nfsd' | awk -v n="$2" '{print $(n + 3)}'; }
sum() { "$LAB/knfsd.sh" exec -n "$1" "sha256sum $2" | cut -d' ' -f1; }
READ=25 WRITE=38 COPY=60 COPY_NOTIFY=61 OFFLOAD_CANCEL=66
a=nfs://10.77.0.21 b=nfs://10.77.0.22

"$LAB/knfsd.sh" start -n srcA -k "$FERRY_KERNELS/linux-ssc" -f tmpfs -M 500 -m 800M \
  -x 'head -c 100M /dev/urandom > large; head -c 200M /dev/urandom > other; head -c 300K /dev/urandom > small; chmod 666 *'
"$LAB/knfsd.sh" start -n dstB -k "$FERRY_KERNELS/linux-ssc" -f tmpfs -M 500 -m 800M
for file in small large; do
  out=$(copy copy $a/$file $b/$file); echo "$out"
  grep -q '^OFFLOADED server-to-server .* 0 through the client' <<<"$out" || fail "$file did not go from server to server"
  grep -q '^read 0, wrote 0$' <<<"$out" || fail "bytes passed through the client"
  same "$(sum dstB $file)" "$(sum srcA $file)" "$file differs"
done
# Each client sends two: the first is in the COMPOUND of OPEN, with the current stateid, which knfsd does not accept there.
same "$(operations srcA $COPY_NOTIFY)" 4 "COPY_NOTIFYs"
same "$(operations dstB $WRITE)" 0 "WRITEs at the destination"
same "$(operations srcA $OFFLOAD_CANCEL)" 0 "OFFLOAD_CANCELs at a source whose file is closed at once"

# A cancelled copy: both servers receive OFFLOAD_CANCEL, and the destination stops. It uses another file because knfsd has cached the first one.
ip netns exec "$NS" tc qdisc replace dev t_dstB root tbf rate 40mbit burst 64k latency 500ms
out=$(copy cancel $a/other $b/cancelled); echo "$out"
grep -q '^CANCELLED in ' <<<"$out" || fail "the copy was not cancelled"
ip netns exec "$NS" tc qdisc del dev t_dstB root
stopped=$("$LAB/knfsd.sh" exec -n dstB 'stat -c %s cancelled')
[ "$stopped" -lt 209715200 ] || fail "the destination continued after OFFLOAD_CANCEL"
same "$("$LAB/knfsd.sh" exec -n dstB 'sleep 1; stat -c %s cancelled')" "$stopped" "the destination continues after OFFLOAD_CANCEL"
same "$(operations dstB $OFFLOAD_CANCEL)" 1 "OFFLOAD_CANCELs at the destination"
same "$(operations srcA $OFFLOAD_CANCEL)" 1 "OFFLOAD_CANCELs at the source"
"$LAB/knfsd.sh" stop -n dstB

# Debian's knfsd returns NFS4ERR_STALE for the filehandle of another server: the bytes pass through the client, and the source receives OFFLOAD_CANCEL.
"$LAB/knfsd.sh" start -n dstB -f tmpfs -M 500 -m 800M
out=$(copy copy $a/small $b/small); echo "$out"
grep -q '^STREAMED 307200 bytes, 307200 through the client, .*: PUTFH: NFS4ERR_STALE$' <<<"$out" || fail "a rejected copy was not streamed"
same "$(sum dstB small)" "$(sum srcA small)" "a copy through the client differs"
same "$(operations srcA $OFFLOAD_CANCEL)" 2 "OFFLOAD_CANCELs at the source after a rejected copy"

# Linux 6.12: its client between two Ferry servers, and its knfsd, which reads by READ_PLUS, as the destination.
. "$INTEROP/common.sh"
trap '"$LAB/knfsd.sh" stop -n dstB; cleanup' EXIT
mkdir "$work/a" "$work/b"; sources "$work/a"
client() { "$LAB/two-servers.sh" -k "$FERRY_KERNELS/linux-$1" "$source_address" "$2" "$INTEROP/guest/inter.sh" "$3"; }

serve_inside a "$source_address" "$work/a"
serve_inside b "$destination_address" "$work/b"
client plain612 "$destination_address" whole
for file in eight large; do cmp "$work/a/$file" "$work/b/$file"; done
stop b
serve_inside b "$destination_address" "$work/b" --copy-rate 20
client plain612 "$destination_address" cancelled
stands_still "$work/b/cancelled"
stop b
serve_inside b "$destination_address" "$work/b" --copy-from none
client plain612 "$destination_address" denied
stop b

# Holes of the source arrive as holes.
truncate -s 100M "$work/a/sparse"; printf middle | dd of="$work/a/sparse" bs=1M seek=50 conv=notrunc status=none
"$LAB/knfsd.sh" start -n dstB -k "$FERRY_KERNELS/linux-ssc612" -f tmpfs -m 1500M -M 900
client plain612 10.77.0.22 whole
out=$(inside "$FERRY" cp --require-offload "nfs://$source_address/sparse" nfs://10.77.0.22/sparse); echo "$out"
same "$("$LAB/knfsd.sh" exec -n dstB 'sha256sum < sparse')" "$(sha256sum < "$work/a/sparse")" "a sparse file differs"
inside tc qdisc replace dev t_dstB root tbf rate 40mbit burst 64k latency 500ms
client plain612 10.77.0.22 cancelled
inside tc qdisc del dev t_dstB root
stop a
serve_inside a "$source_address" "$work/a" --copy-to none
client plain612 10.77.0.22 denied
stop a

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

# Its knfsd as the destination, with asynchronous copies enabled again: it reads with READ_PLUS, so holes are not transferred.
B=10.77.0.22
truncate -s 100M "$work/a/sparse"; printf middle | dd of="$work/a/sparse" bs=1M seek=50 conv=notrunc status=none
"$LAB/knfsd.sh" start -n dstB -k "$FERRY_KERNELS/linux-ssc612" -f tmpfs -m 1500M -M 900
client plain612 "$B" whole
for file in large sparse; do
  out=$(inside timeout 100 "$FERRY" cp --require-offload "nfs://$source_address/$file" "nfs://$B/ferry-$file"); echo "$out"
  grep -q 'from server to server' <<<"$out" || fail "$file did not go from server to server"
  same "$("$LAB/knfsd.sh" exec -n dstB "sha256sum < ferry-$file")" "$(sha256sum < "$work/a/$file")" "$file differs"
done
inside tc qdisc replace dev t_dstB root tbf rate 40mbit burst 64k latency 500ms
client plain612 "$B" cancelled
inside tc qdisc del dev t_dstB root
stop a
serve_inside a "$source_address" "$work/a" --copy-to none
client plain612 "$B" denied
stop a

# Files with holes in the real Linux client, by READ and, where the lab has such a kernel (bin/linux-rp), by READ_PLUS.
# P-001, P-004, P-006, P-007, P-008
. "$INTEROP/common.sh"
mkdir "$work/export"
for kernel in "$LAB_KERNEL" rp; do
  reads=
  [ $kernel != rp ] || { [ -x "$NFS_LAB_VAR/bin/linux-$kernel" ] || continue; reads=read_plus; }
  serve server "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
  "$LAB/linux-client.sh" -k $kernel -t 300 "$server" "$INTEROP/guest/sparse.sh" $reads
  stop server
  rm -rf "$work/export"/*
done

#!/bin/bash
# suite.sh pjdfstest|nfs-conformance CHECKOUT PART: runs in a guest, in a directory of the mount, and writes its results to $G_DIR/tap.
umask 022
mkdir "$M/suite" && cd "$M/suite" || exit 1
case $1 in
  pjdfstest) prove -v -r "$2/$3" ;;
  nfs-conformance) NFS_CONFORMANCE_TAP=1 prove -v -e '' $(find "$2" -maxdepth 1 -name 'op_*' ! -name '*.*' | sort) :: -d "$M/suite" ;;
esac >"$G_DIR/tap" 2>"$G_DIR/tap.err"
tail -n 3 "$G_DIR/tap"
cd / && rm -rf "$M/suite"
exit 0

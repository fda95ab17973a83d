#!/bin/bash
# build-kernel.sh 6.1/6.12 [rp/plain]: builds UML kernels without modules and with the inter-server copy of knfsd
#   (CONFIG_NFSD_V4_2_INTER_SSC, which Debian leaves out).
#   6.1        -> bin/linux-ssc       Debian bookworm's linux-source-6.1 (6.1.192), unchanged
#   6.1 rp     -> bin/linux-rp        the same with CONFIG_NFS_V4_2_READ_PLUS (the client reads with READ_PLUS)
#   6.12       -> bin/linux-ssc612    Debian trixie's linux-source-6.12 (6.12.117 or later; apt-get download, not installed), with the
#                                     one line of "NFSD: Force all NFSv4.2 COPY requests to be synchronous" taken out, and one put in:
#                                     in 6.12.117 CB_OFFLOAD has a stateid of zeros, which no client can match with its copy
#   6.12 plain -> bin/linux-plain612  the same with that line left in, as distributed
# Packages: linux-source-6.1 flex bison bc libelf-dev build-essential.  About 4-6 minutes for each version on 2 idle cores, 30 s for variants.
. "$(dirname "$(readlink -f "$0")")/lib.sh"; set -e
V=$1 KIND=$2; mkdir -p "$VAR/build" "$VAR/bin"; cd "$VAR/build"
case $V in
6.1) SUF=; TAR=/usr/src/linux-source-6.1.tar.xz;;
6.12) SUF=612; TAR=$PWD/trixie/x/usr/src/linux-source-6.12.tar.xz
    if [ ! -f "$TAR" ]; then
        mkdir -p trixie/lists/partial trixie/cache/archives/partial; cd trixie
        MIRROR=$(grep -hoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)   # the mirror this machine uses
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${MIRROR% } trixie main" > sources.list
        O="-o Dir::Etc::sourcelist=$PWD/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$PWD/lists -o Dir::Cache=$PWD/cache"
        apt-get $O update -q; apt-get $O download -q linux-source-6.12; dpkg -x linux-source-6.12_*.deb x; cd ..
    fi;;
*) die "6.1 or 6.12";; esac
S=linux-source-$V; [ -d $S ] || tar xf "$TAR"
F=$S/fs/nfsd/nfs4proc.c; [ -f $F.orig ] || cp $F $F.orig
case $V$KIND in                      # touch the file only where it changes, so that make compiles less
    6.12) sed -e 's|^\tnfsd4_copy_set_sync(copy, true);$|\t/* lab: not forced */|' \
              -e 's|^\t\t\tsizeof(result->cb_stateid));$|&\n\t\tasync_copy->cp_res.cb_stateid = result->cb_stateid;|' $F.orig > $F.new;;
    *) cp $F.orig $F.new;; esac
cmp -s $F.new $F && rm $F.new || mv $F.new $F
OBJ=obj-$V; case $KIND in rp) OBJ=$OBJ-rp; OUT=rp$SUF;; plain) OUT=plain$SUF;; "") OUT=ssc$SUF;; *) die "variant?";; esac
if [ "$KIND" = rp ] && [ ! -d $OBJ ] && [ -d obj-$V ]; then
    cp -a obj-$V $OBJ; sed -i 's/^# CONFIG_NFS_V4_2_READ_PLUS.*/CONFIG_NFS_V4_2_READ_PLUS=y/; s/^CONFIG_LOCALVERSION=.*/CONFIG_LOCALVERSION="-rp"/' $OBJ/.config; fi
if [ ! -f $OBJ/.config ]; then
    mkdir -p $OBJ; make -s -C $S ARCH=um O=$PWD/$OBJ x86_64_defconfig; cat "$LAB/uml.config" >> $OBJ/.config
    [ "$KIND" = rp ] && echo CONFIG_NFS_V4_2_READ_PLUS=y >> $OBJ/.config; fi
make -s -C $S ARCH=um O=$PWD/$OBJ olddefconfig 2>/dev/null
time make -s -C $S ARCH=um O=$PWD/$OBJ -j${J:-2} linux
cp $OBJ/linux "$VAR/bin/linux-$OUT"; echo "built $VAR/bin/linux-$OUT"

# Shared settings and helpers; sourced by the other scripts.
LAB=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)   # these scripts
VAR=${NFS_LAB_VAR:-${TMPDIR:-/tmp}/nfs-lab}                  # their output: guests, built kernels
mkdir -p "$VAR"
NS=${NS:-nfslab}                 # the one network namespace everything happens in
BR=br0
HOSTIP=10.77.0.1                 # the bridge itself = "the host" as guests see it
RUN=$VAR/run
UML_STOCK=/usr/bin/linux.uml                         # Debian 6.1.176

# The guest binds its kernel modules here because the host may have none.
mkdir -p /lib/modules

die() { echo "lab: $*" >&2; exit 125; }
nsx() { ip netns exec "$NS" "$@"; }

net_up() {                       # idempotent
    ip netns list | grep -w "$NS" >/dev/null || ip netns add "$NS" || die "no netns"
    nsx ip link set lo up
    if ! nsx ip link show "$BR" >/dev/null 2>&1; then
        # A fixed hardware address. Otherwise the bridge takes the address of one of its taps and changes it with the guests,
        # and the other guests lose their connections until they resolve the address again.
        nsx ip link add "$BR" address 02:77:00:00:00:01 type bridge || die "no bridge"
        nsx ip addr add "$HOSTIP/24" dev "$BR"
        for i in 2 3 4 5; do nsx ip addr add "10.77.0.$i/24" dev "$BR"; done     # for further user-space servers
        nsx ip link set "$BR" up
    fi
}
tap_add() {                      # tap_add NAME (idempotent)
    nsx ip link show "$1" >/dev/null 2>&1 ||
        nsx ip tuntap add dev "$1" mode tap || die "no tap $1"
    nsx ip link set "$1" master "$BR" up
}
tap_del() { nsx ip link del "$1" 2>/dev/null || true; }
net_down() { ip netns del "$NS" 2>/dev/null || true; }

# guest name -> fixed address; anything else gets a hash into .100-.250
guest_ip() {
    case $1 in
        client) echo 10.77.0.10;; client2) echo 10.77.0.11;;
        knfsd) echo 10.77.0.20;; srcA) echo 10.77.0.21;; dstB) echo 10.77.0.22;;
        *) echo 10.77.0.$((100 + $(echo -n "$1" | cksum | cut -d' ' -f1) % 150));;
    esac
}
wait_port() {                    # wait_port IP PORT SECONDS (inside the netns)
    local n=$(( $3 * 10 ))
    while [ $n -gt 0 ]; do
        nsx timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null && return 0
        sleep 0.1; n=$((n-1))
    done
    return 1
}

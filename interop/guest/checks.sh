# Sourced by the scripts that run inside a guest, with the mount as working directory.
set -eu
set -o pipefail
fail() { echo "FAILED: $*" >&2; exit 1; }
# What ran when, for the log of a test that fails.
PS4='+ $SECONDS s: '
same() { [ "$1" = "$2" ] || fail "${3:-differs}: '$1' is not '$2'"; }
# operation NAME [MOUNT]: how often the client sent this operation on this mount.
operation() { awk -v m="${2:-$M}" -v op="$1:" '$1=="device"{on=($5==m)} on&&$1==op{print $2}' /proc/self/mountstats; }
set -x

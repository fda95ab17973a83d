# Sourced by the scripts that run inside a guest, with the mount as working directory.
set -eu
set -o pipefail
fail() { echo "FAILED: $*" >&2; exit 1; }
# Records the commands and their times, for the log of a failed test.
PS4='+ $SECONDS s: '
same() { [ "$1" = "$2" ] || fail "${3:-differs}: '$1' is not '$2'"; }
# operation NAME [MOUNT]: prints how often the client sent an operation on a mount.
operation() { awk -v m="${2:-$M}" -v op="$1:" '$1=="device"{on=($5==m)} on&&$1==op{print $2}' /proc/self/mountstats; }
set -x

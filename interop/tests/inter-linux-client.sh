# The Linux client has two Ferry servers copy between them: whole, cancelled, and denied by either of them.
. "$INTEROP/common.sh"
mkdir "$work/a" "$work/b"; sources "$work/a"
client() { "$LAB/two-servers.sh" "$source_address" "$destination_address" "$INTEROP/guest/inter.sh" "$@"; }

serve_inside a "$source_address" "$work/a"
serve_inside b "$destination_address" "$work/b"
client whole
for file in eight large; do cmp "$work/a/$file" "$work/b/$file"; done
stop b

serve_inside b "$destination_address" "$work/b" --copy-rate 20
client cancelled
stands_still "$work/b/cancelled"
[ "$(stat -c %b "$work/b/cancelled")" -lt "$(stat -c %b "$work/a/other")" ] || fail "the copy was not interrupted"
stop b

serve_inside b "$destination_address" "$work/b" --copy-from none
client denied
stop b
serve_inside b "$destination_address" "$work/b"
stop a
serve_inside a "$source_address" "$work/a" --copy-to none
client denied
stop a; stop b

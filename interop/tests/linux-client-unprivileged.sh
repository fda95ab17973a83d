# Repeats linux-client-basics.sh with a server of an ordinary user, whose filehandles come from the embedded index.
. "$INTEROP/common.sh"
chmod 755 "$work"; mkdir "$work/export" "$work/home" "$work/state"; echo "hello from the server" > "$work/export/hello"
chown -R nobody "$work/export" "$work/home" "$work/state"
serve server setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$work/home" "$FERRY" serve "$work/export" --listen 127.0.0.1:0 --state "$work/state"
"$LAB/linux-client.sh" -t 240 -p / "$server" "$INTEROP/guest/basics.sh"
same "$(stat -c %U "$work/export/hard")" nobody "all belongs to the server's own user"
stop server

# Compares the quotas that a volume reports with those of the kernel, on ext4 and XFS. The program runs in the guest, whose kernel has quotas.
# RFC 8881 sections 5.8.2.28, 5.8.2.29, 5.8.2.30
. "$INTEROP/common.sh"
ferry_home=$(cd "$(dirname "$FERRY")" && pwd)
java=$(cat "$ferry_home/.ferry/jdk")/bin
classes=$(echo "$ferry_home"/cli/target/ferry-cli-*.jar):$ferry_home/cli/target/lib/*
"$java/javac" -d "$work/classes" -cp "$classes" "$INTEROP/guest/Quotas.java"
"$LAB/guest.sh" -n quotas -m 768M -t 200 "$INTEROP/guest/quotas.sh" "$java/java" "$work/classes:$classes"

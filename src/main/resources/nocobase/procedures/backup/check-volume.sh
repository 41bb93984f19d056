# What the preconditions need to know of the tools, the volume for durable copies, and the storage.
# Arguments: the volume's mount, storage.
set -u
echo "client $(pg_dump --version 2>&1 | head -n 1)"
probe=$1/.procedures-probe
if (umask 077; echo probe > "$probe") 2> /dev/null && [ "$(cat "$probe")" = probe ]; then echo "writable yes"; else echo "writable no"; fi
rm -f "$probe"
echo "room $(df -P -k "$1" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)"
if [ -d "$2" ]; then echo "storage yes"; else echo "storage no"; fi
if [ -d "$2/uploads" ]; then echo "uploads $(du -sk "$2/uploads" | cut -f 1)"; else echo "uploads 0"; fi

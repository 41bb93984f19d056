# What the preconditions need to know of the tools, the volume for durable copies, and the storage.
# Arguments: the volume's mount, storage, the storage folders that are archived.
set -u
. /procedures/places.sh
echo "client $(pg_dump --version 2>&1 | head -n 1)"
probe=$1/.procedures-probe
if (umask 077; echo probe > "$probe") 2> /dev/null && [ "$(cat "$probe")" = probe ]; then echo "writable yes"; else echo "writable no"; fi
rm -f "$probe"
echo "room $(df -P -k "$1" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)"
storage=$2
shift 2
# What a command complains of. Nodes may be serving: a file that went away meanwhile is no fault.
complaints() {
  LC_ALL=C "$@" 2>&1 > /dev/null | grep -v 'No such file or directory'
}
# A network storage may be mounted and yet not be readable; the archive would fail of it, in the downtime.
unreadable() {
  complaints ls -d "$storage"
  cd "$storage" 2> /dev/null || return
  complaints ls -A .
  # A byte of each file: that one may list a folder does not say that one may open what is in it.
  for folder do complaints find -H "$folder" -type f -exec head -c 1 {} +; done
  # Attachments may be many: they are listed, and one is opened.
  complaints find -H uploads
  find -H uploads -type f 2> /dev/null | head -n 1 | while read -r file; do complaints head -c 1 "$file"; done
}
said=$(unreadable "$@" | head -n 1)
if [ -d "$storage" ] || [ -n "$said" ]; then echo "storage yes"; else echo "storage no"; fi
if [ -n "$said" ]; then echo "unreadable $said"; fi
# What no archive holds: the rest of the storage, but for what NocoBase can do without (and its own backups).
uncovered() {
  cd "$storage" 2> /dev/null || return
  for entry in * .[!.]*; do
    [ -e "$entry" ] || continue
    # NocoBase's own images have folders with nothing but a mark that keeps them in a repository.
    if [ -d "$entry" ] && [ -z "$(ls -A "$entry" | grep -vxF .gitkeep)" ]; then continue; fi
    case $entry in
      uploads | backups | logs | tmp | cache | .cache | .pm2 | nocobase.conf | dist-client | *.sock | .replaced-* | .procedures-* | lost+found) continue ;;
    esac
    for folder do
      if [ "$entry" = "$folder" ]; then continue 2; fi
    done
    echo "uncovered $(printf '%s' "$entry" | tr '\n' '?')"
  done
}
if [ -d "$storage" ] && [ -z "$said" ]; then
  uncovered "$@"
  find_places "$storage" "$@" uploads
  head -n 20 /tmp/unfollowed
fi
if [ -d "$storage/uploads" ]; then echo "uploads $(du -sk "$storage/uploads/" 2> /dev/null | cut -f 1)"; else echo "uploads 0"; fi

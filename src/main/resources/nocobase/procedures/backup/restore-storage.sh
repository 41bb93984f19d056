# Puts the archived storage folders back; the present ones are set aside, not destroyed. May be killed and run again.
# Arguments: directory of the restore point, checksum of the archive, storage, name of what is set aside, folders.
set -eu
source=$1
checksum=$2
storage=$3
aside=$storage/$4
shift 4
told() {
  echo "replaced $(du -sk "$aside" | cut -f 1)"
}
if [ -e "$aside/.done" ]; then
  echo "The storage was put back before"
  told
  exit 0
fi
if ! echo "$checksum  $source/storage.tar" | sha256sum -c - > /dev/null 2>&1; then
  echo "FAILED: The archive $source/storage.tar is missing or damaged: its checksum is not the recorded one" >&2
  exit 5
fi
mkdir -p "$aside"
chmod 700 "$aside"
if [ ! -e "$aside/.moved" ]; then
  for folder in "$@"; do
    if [ -d "$storage/$folder" ] && [ ! -L "$storage/$folder" ]; then
      # The content, not the folder: it may be a mount of its own.
      mkdir -p "$aside/$folder"
      find "$storage/$folder" -mindepth 1 -maxdepth 1 -exec mv {} "$aside/$folder/" \;
    elif [ -e "$storage/$folder" ] || [ -L "$storage/$folder" ]; then
      mv "$storage/$folder" "$aside/$folder"
    fi
  done
  : > "$aside/.moved"
fi
tar -tf "$source/storage.tar" | cut -d / -f 1 | sort -u > /tmp/archived
count=$#
while [ "$count" -gt 0 ]; do
  if grep -qxF -e "$1" /tmp/archived; then set -- "$@" "$1"; fi
  shift
  count=$((count - 1))
done
if [ $# -gt 0 ]; then
  tar --numeric-owner -xpf "$source/storage.tar" -C "$storage" -- "$@"
fi
# Attachments that were deleted since come back; those that are there stay as they are.
if [ -f "$source/uploads.tar" ]; then
  if tar --version 2> /dev/null | grep -q GNU; then
    tar --numeric-owner --skip-old-files -xpf "$source/uploads.tar" -C "$storage"
  else
    tar -xkf "$source/uploads.tar" -C "$storage"
  fi
fi
sync "$storage" 2> /dev/null || sync
: > "$aside/.done"
echo "The storage was put back"
told

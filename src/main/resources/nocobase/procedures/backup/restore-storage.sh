# Puts the archived storage folders back; the present ones are set aside, not destroyed. May be killed and run again.
# Arguments: directory of the restore point, checksum of the archive, storage, name of what is set aside, folders.
set -eu
source=$1
checksum=$2
storage=$3
aside=$storage/$4
shift 4
if [ -e "$aside/.done" ]; then
  echo "The storage was put back before"
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
tar --numeric-owner -xpf "$source/storage.tar" -C "$storage"
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

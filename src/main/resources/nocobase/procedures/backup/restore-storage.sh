# Puts the archived storage folders back; the present ones are set aside, not destroyed. May be killed and run again. What
# cannot be set aside wholly is put back, and nothing is overwritten. With LOOK set it only looks whether all that it needs is
# there. Arguments: directory of the restore point, checksum of the archive, storage, name of what is set aside, folders.
set -eu
source=$1
checksum=$2
storage=$3
aside=$storage/$4
shift 4
. /procedures/places.sh
. /procedures/put-aside.sh
told() {
  echo "replaced $(du -sk "$aside" 2> /dev/null | cut -f 1)"
}
if [ -e "$aside/.done" ]; then
  echo "The storage was put back before"
  told
  exit 0
fi
if ! echo "$checksum  $source/storage.tar" | sha256sum -c - > /dev/null 2>&1; then
  printf 'FAILED: archiveDamaged\t%s\n' "$source/storage.tar" >&2
  exit 5
fi
list_mounts > /tmp/mounts

# Archives of earlier versions hold the folders alone, from the storage on, and no list.
listed() { # archive list
  tar -xOf "$1" tmp/procedures-places > "$2" 2> /dev/null
}
root=/
if ! listed "$source/storage.tar" /tmp/listed; then
  root=$storage
  printf '%s -\n' plugins apps environment-variables .license scripts .upgrading uploads > /tmp/listed
fi
: > /tmp/listed-uploads
if [ -f "$source/uploads.tar" ] && ! listed "$source/uploads.tar" /tmp/listed-uploads; then
  : > /tmp/listed-uploads
fi
# Only what the archive is of: a folder that was added to the configuration later is in none.
count=$#
while [ "$count" -gt 0 ]; do
  if grep -q -e "^$(printf '%s' "$1" | sed 's/[.[*^$\\]/\\&/g') " /tmp/listed /tmp/listed-uploads; then set -- "$@" "$1"; fi
  shift
  count=$((count - 1))
done
# Paths beside the storage's folders that links led to, of the folders that are put back.
: > /tmp/beside
for folder do
  awk -v folder="$folder" -v own="$storage/$folder" \
    'index($0, folder " /") == 1 && substr($0, length(folder) + 2) != own { print }' /tmp/listed >> /tmp/beside
done
while IFS= read -r place; do
  case ${place#* } in
    - | '') ;;
    *)
      if ! within "${place#* }" /tmp/mounts; then
        printf 'FAILED: placeNotMounted\t%s\t%s\n' "${place#* }" "${place%% *}" >&2
        exit 4
      fi
      ;;
  esac
done << LIST
$(cat /tmp/beside /tmp/listed-uploads)
LIST
if [ -n "${LOOK:-}" ]; then
  mkdir "$aside.look"
  rmdir "$aside.look"
  echo "The storage can be put back"
  exit 0
fi

mkdir -p "$aside"
chmod 700 "$aside"
put_back() {
  code=$?
  trap - EXIT
  if [ "$code" != 0 ] && [ ! -e "$aside/.moved" ]; then
    for folder do
      if [ -e "$aside/$folder" ] || [ -L "$aside/$folder" ]; then put_aside "$aside/$folder" "$storage/$folder" || true; fi
    done
    while IFS= read -r place; do
      if [ -e "$aside/.beside${place#* }" ]; then put_aside "$aside/.beside${place#* }" "${place#* }" || true; fi
    done < /tmp/beside
    find "$aside" -depth -type d -exec rmdir {} + 2> /dev/null || true
  fi
  exit "$code"
}
if [ ! -e "$aside/.moved" ]; then
  trap 'put_back "$@"' EXIT
  for folder do
    if [ -e "$storage/$folder" ] || [ -L "$storage/$folder" ]; then put_aside "$storage/$folder" "$aside/$folder"; fi
  done
  while IFS= read -r place; do
    place=${place#* }
    if [ -e "$place" ]; then
      mkdir -p "$aside/.beside${place%/*}"
      put_aside "$place" "$aside/.beside$place"
    fi
  done < /tmp/beside
  {
    for folder do left_in "$storage/$folder"; done
    while IFS= read -r place; do left_in "${place#* }"; done < /tmp/beside
  } > /tmp/left
  if [ -s /tmp/left ]; then
    printf 'FAILED: notSetAside\t%s\n' "$(head -n 1 /tmp/left)" >&2
    exit 4
  fi
  : > "$aside/.moved"
  trap - EXIT
fi

# What may not be replaced by tar: read-only mounts, and files that are mounts.
: > /tmp/excluded
while IFS= read -r mount; do
  path=${mount#* }
  if [ "${mount%% *}" = ro ] || [ ! -d "$path" ]; then
    [ "$root" = / ] && echo "${path#/}" >> /tmp/excluded || echo "${path#"$storage"/}" >> /tmp/excluded
  fi
done < /tmp/mounts
tar -tf "$source/storage.tar" > /tmp/listing
{
  if [ "$root" = / ]; then
    sed -n "s,^${storage#/}/\([^/]*\).*,\1,p" /tmp/listing
  else
    cut -d / -f 1 /tmp/listing
  fi
} | sort -u > /tmp/archived
: > /tmp/members
for folder do
  if grep -qxF -e "$folder" /tmp/archived; then
    [ "$root" = / ] && echo "${storage#/}/$folder" >> /tmp/members || echo "$folder" >> /tmp/members
  fi
done
sed -n 's,^[^ ]* /,,p' /tmp/beside >> /tmp/members
set --
while IFS= read -r member; do
  if ! grep -qxF -e "$member" /tmp/excluded; then set -- "$@" "$member"; fi
done < /tmp/members
if [ $# -gt 0 ]; then
  tar --numeric-owner -xpf "$source/storage.tar" -C "$root" -X /tmp/excluded -- "$@"
fi
# Files that are mounts of their own keep their place and get their content.
while IFS= read -r mount; do
  path=${mount#* }
  member=${path#"$root"}
  member=${member#/}
  if [ "${mount%% *}" = rw ] && [ -f "$path" ] && grep -qxF -e "$member" /tmp/listing; then
    tar -xOf "$source/storage.tar" "$member" > "$path"
  fi
done < /tmp/mounts
# Attachments that were deleted since come back; those that are there stay as they are.
if [ -f "$source/uploads.tar" ]; then
  base=$storage
  if [ -s /tmp/listed-uploads ]; then base=/; fi
  if tar --version 2> /dev/null | grep -q GNU; then
    tar --numeric-owner --skip-old-files -xpf "$source/uploads.tar" -C "$base" -X /tmp/excluded
  else
    tar -xkf "$source/uploads.tar" -C "$base" -X /tmp/excluded
  fi
fi
sync "$storage" 2> /dev/null || sync
: > "$aside/.done"
echo "The storage was put back"
told

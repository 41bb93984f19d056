# Archives the storage folders that a start of NocoBase changes, and those that the owner added. Arguments: target directory,
# storage, folders.
set -eu
umask 077
target=$1
storage=$2
shift 2
. /procedures/places.sh
mkdir -p "$target"
# A full disk shows in many ways (tar: "Wrote only 6144 of 10240 bytes"): say it plainly, and give the room back.
ended() {
  code=$?
  if [ "$code" != 0 ]; then
    room=$(df -P -k "$target" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
    if [ "$room" -lt 1024 ]; then echo 'FAILED: volumeFull' >&2; fi
    rm -rf "$target"/*.part
  fi
}
trap ended EXIT
if [ ! -d "$storage" ]; then
  printf 'FAILED: noStorage\t%s\n' "$storage" >&2
  exit 4
fi
cp /procedures/nodes.json "$target/nodes.json.part"
mv "$target/nodes.json.part" "$target/nodes.json"
find_places "$storage" "$@"
require_followed
# 1: a file changed while it was read, which may happen where nodes are serving.
archive "$target/storage.tar.part" "$@" || { [ $? -eq 1 ] && [ -n "${ONLINE:-}" ] && tar --version | grep -q GNU; }
tar -tf "$target/storage.tar.part" > /dev/null
sync "$target/storage.tar.part" 2> /dev/null || sync
mv "$target/storage.tar.part" "$target/storage.tar"
cd "$target"
echo "archive $(sha256sum storage.tar | cut -d ' ' -f 1) $(wc -c < storage.tar)"

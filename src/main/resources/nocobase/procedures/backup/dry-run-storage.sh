# Does once what a rollback will do to the storage, with a tree that was made for it: archives it, changes it, puts it back, in the
# volumes themselves. Nodes go on serving: nothing of theirs is touched. Arguments: directory for the archive, storage.
set -eu
export LC_ALL=C
copy=$1
tree=$2/.procedures-dry-run
aside=.replaced-dry-run
. /procedures/places.sh
cleaned() {
  rm -rf "$tree" "$copy"
}
trap cleaned EXIT
cleaned
mkdir -p "$copy"
mkdir "$tree"
cd "$tree"
mkdir -p plugins/a/empty apps/main elsewhere 'plugins/with blank'
echo one > plugins/a/one
ln plugins/a/one plugins/a/two
ln -s a plugins/link
ln -s nowhere plugins/nowhere
ln -s ../elsewhere apps/beside
echo beside > elsewhere/file
echo odd > "plugins/with blank/$(printf 'tab\tand \303\266')"
touch ./plugins/-rf
chmod 640 plugins/a/one
chown 1234:4321 plugins/a/one
look() {
  find plugins apps elsewhere | sort | while IFS= read -r file; do
    stat -c '%n %F %a %u:%g' "$file"
    if [ -L "$file" ]; then readlink "$file"; elif [ -f "$file" ]; then sha256sum < "$file"; fi
  done
}
look > /tmp/before
made=$(sh /procedures/archive-storage.sh "$copy" "$tree" plugins apps)
set -- $(echo "$made" | sed -n 's/^archive //p')
echo changed > plugins/a/one
rm -r 'plugins/with blank' elsewhere
echo new > apps/main/new
sh /procedures/restore-storage.sh "$copy" "$1" "$tree" "$aside" plugins apps > /tmp/put-back
look > /tmp/after
if ! cmp -s /tmp/before /tmp/after; then
  diff /tmp/before /tmp/after | head -n 20 || true
  echo 'FAILED: treeNotAsItWas' >&2
  exit 6
fi
# What is mounted within the storage must take the files that come back, too.
list_mounts > /tmp/mounts
while IFS= read -r mount; do
  path=${mount#* }
  case $mount in
    "rw ${tree%/*}"/*)
      if [ -d "$path" ]; then
        mkdir "$path/.procedures-dry-run"
        mv "$path/.procedures-dry-run" "$path/.procedures-dry-run-moved"
        rmdir "$path/.procedures-dry-run-moved"
      fi
      ;;
  esac
done < /tmp/mounts
echo "tree back"

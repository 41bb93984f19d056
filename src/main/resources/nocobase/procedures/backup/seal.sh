# Writes the manifest last and atomically: a directory without one is no restore point. Argument: the directory.
set -eu
umask 077
cd "$1"
cp /procedures/manifest.json manifest.json.part
sync manifest.json.part 2> /dev/null || sync
mv manifest.json.part manifest.json
sync . 2> /dev/null || sync
echo "sealed"

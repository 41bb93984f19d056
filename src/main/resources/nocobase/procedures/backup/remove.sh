# Removes durable copies. Arguments: the cluster's folder, then ids.
set -eu
cd "$1"
shift
for id in "$@"; do
  # The manifest first: what is half removed is no restore point any more.
  rm -f "./$id/manifest.json"
  rm -rf "./$id"
done
echo "removed"

# Reads a durable copy once more, before the clone that it was made from goes. Arguments: the copy's directory, checksum of
# the storage archive, checksum of the list of checksums. Damage is no failure of this script: it is told. The databases'
# part can be made anew; the archive of the storage is lost, for a start has changed the storage since.
set -eu
export LC_ALL=C
if ! echo "$2  $1/storage.tar" | sha256sum -c - > /dev/null 2>&1; then
  echo "lost $1/storage.tar"
  exit 0
fi
cd "$1"
. /procedures/durable-copy.sh
if said=$(check_sums "$3" 2>&1); then
  echo "intact yes"
else
  echo "damaged ${said#FAILED: }"
fi

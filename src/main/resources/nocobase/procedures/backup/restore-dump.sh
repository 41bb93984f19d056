# Restores the durable copy into new databases. Arguments: directory, checksum of the list of checksums, then for each
# database its number in the directory and the connection string of the new database.
set -eu
directory=$1
checksum=$2
shift 2
cd "$directory"
if ! echo "$checksum  SHA256SUMS" | sha256sum -c - > /dev/null 2>&1; then
  echo "FAILED: The durable copy in $directory is damaged: its list of checksums is not the recorded one" >&2
  exit 5
fi
if ! sha256sum -c SHA256SUMS > /tmp/sums 2>&1; then
  echo "FAILED: The durable copy in $directory is damaged: $(grep -v ': OK$' /tmp/sums | tr '\n' ' ')" >&2
  exit 5
fi
psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "dbname=postgres" -f /procedures/create.sql
# Parallel queries need shared memory, of which Docker gives a container 64 MB ("could not resize shared memory segment").
export PGOPTIONS='-c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0'
while [ $# -gt 0 ]; do
  pg_restore --no-password --exit-on-error --jobs=2 --dbname="$2" "database-$1"
  psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "$2" -c 'ANALYZE'
  shift 2
done
echo "restored"

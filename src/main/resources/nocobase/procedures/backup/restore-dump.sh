# Restores the durable copy into new databases. Arguments: directory, checksum of the list of checksums, then for each
# database its number in the directory and the connection string of the new database.
set -eu
directory=$1
checksum=$2
shift 2
cd "$directory"
. /procedures/durable-copy.sh
check_sums "$checksum"
# What is half restored takes room, of which there may be none left.
ended() {
  code=$?
  if [ "$code" != 0 ]; then
    psql --no-psqlrc --no-password -q -d "$ADMINISTER" -f /procedures/drop.sql || true
  fi
}
trap ended EXIT
psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "$ADMINISTER" -f /procedures/create.sql
while [ $# -gt 0 ]; do
  restored_into "$1" "$2"
  if [ -z "${SCHEMA_ONLY:-}" ]; then psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "$2" -c 'ANALYZE'; fi
  shift 2
done
if [ -n "${SCHEMA_ONLY:-}" ]; then rm -rf "$directory"; fi
echo "restored"

# Proves a durable copy: checksums, a trial restore into scratch databases, rows counted in every table and compared with
# those that were counted when the dump was made. Arguments as of restore-dump.sh.
set -eu
export LC_ALL=C
directory=$1
checksum=$2
shift 2
cd "$directory"
dropped() {
  psql --no-psqlrc --no-password -q -d "$ADMINISTER" -f /procedures/drop.sql || true
}
trap dropped EXIT
. /procedures/durable-copy.sh
check_sums "$checksum"
psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "$ADMINISTER" -f /procedures/create.sql
: > /tmp/all
while [ $# -gt 0 ]; do
  if [ ! -f "database-$1.rows" ]; then
    echo 'FAILED: notCounted' >&2
    exit 8
  fi
  restored_into "$1" "$2"
  psql --no-psqlrc --no-password -q -At -v ON_ERROR_STOP=1 -d "$2" -f /procedures/count-rows.sql > /tmp/counted
  sed 's/|[0-9]*$//' /tmp/counted > /tmp/restored
  sort "database-$1.rows" > /tmp/recorded.sorted
  sort /tmp/restored > /tmp/restored.sorted
  if ! cmp -s /tmp/recorded.sorted /tmp/restored.sorted; then
    echo "dumped:"
    comm -23 /tmp/recorded.sorted /tmp/restored.sorted | head -n 10
    echo "restored:"
    comm -13 /tmp/recorded.sorted /tmp/restored.sorted | head -n 10
    printf 'FAILED: restoredOtherwise\t%s\n' "$(comm -3 /tmp/recorded.sorted /tmp/restored.sorted | wc -l)" >&2
    exit 8
  fi
  cat /tmp/restored >> /tmp/all
  shift 2
done
echo "proven $(awk -F '|' '{ rows += $NF } END { printf "%d %.0f", NR, rows }' /tmp/all)"

# Reads a durable copy once more, before the clones that it was made from go. Arguments: the copy's directory, checksum of the
# storage archive, checksum of the list of checksums, the clones. PostgreSQL's address by libpq's variables. Damage is no
# failure of this script: it is told. The databases' part can be made anew; the archive of the storage is lost, for a start
# has changed the storage since.
set -eu
export LC_ALL=C
if ! echo "$2  $1/storage.tar" | sha256sum -c - > /dev/null 2>&1; then
  echo "lost $1/storage.tar"
  exit 0
fi
cd "$1"
checksum=$3
shift 3
. /procedures/durable-copy.sh
if ! said=$(check_sums "$checksum" 2>&1); then
  echo "damaged ${said#FAILED: }"
  exit 0
fi

exists() { # clone
  echo "select count(*) from pg_database where datname = :'clone'" \
    | psql --no-psqlrc --no-password -q -At -v ON_ERROR_STOP=1 -v clone="$1" -d "$ADMINISTER" 2>&1
}
uncompared() { # clone reason
  echo "uncompared it cannot be compared with $1: $2"
  exit 0
}
# Plain text has no check sum of its own: it must be what the clone tells a second time. What is compressed has check sums,
# of what pg_dump wrote. In one session and at low priority: clients are served meanwhile.
compare() { # number clone
  pg_restore --list "database-$1" > /tmp/entries
  rm -rf /tmp/told
  mkdir /tmp/told
  if ! PGDATABASE="$2" nice -n 19 psql --no-psqlrc --no-password -q -At -v ON_ERROR_STOP=1 \
    -f /procedures/tell-again.sql > /tmp/said 2>&1; then
    uncompared "$2" "$(tail -n 1 /tmp/said)"
  fi
  sed -n 's/^\([0-9]*\); [0-9]* \([0-9]*\) TABLE DATA .*/\1 \2/p' /tmp/entries > /tmp/tables
  while read -r entry table; do
    file=./database-$1/$entry.dat
    if grep -q "  $file\$" SHA256SUMS && ! grep -qxF "$(cat "/tmp/told/$table" 2> /dev/null)  $file" SHA256SUMS; then
      echo "damaged $(pwd)/${file#./} is not what $2 tells of that table"
      exit 0
    fi
  done < /tmp/tables
}
number=0
for clone in "$@"; do
  number=$((number + 1))
  grep -q "  \./database-$number/[0-9]*\.dat\$" SHA256SUMS || continue
  found=$(exists "$clone") || uncompared "$clone" "$found"
  # One that somebody dropped tells nothing more.
  if [ "$found" = 1 ]; then compare "$number" "$clone"; fi
done
echo "intact yes"

# Makes the durable copy and verifies it. Arguments: directory of the restore point, storage, databases to dump.
# PostgreSQL's address, user and password file come by libpq's variables.
set -eu
export LC_ALL=C
umask 077
directory=$1
storage=$2
shift 2
mkdir -p "$directory"
# A full disk shows in many ways (tar: "Wrote only 6144 of 10240 bytes"): say it plainly, and give the room back.
ended() {
  code=$?
  if [ "$code" != 0 ]; then
    room=$(df -P -k "$directory" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
    if [ "$room" -lt 1024 ]; then echo "FAILED: No space left on device: the volume for durable copies is full" >&2; fi
    rm -rf "$directory"/*.part
  fi
}
trap ended EXIT
cd "$directory"
rm -f SHA256SUMS
number=0
for database in "$@"; do
  number=$((number + 1))
  export PGDATABASE="$database"
  rm -rf "database-$number" "database-$number.part"
  pg_dump --format=directory --jobs=2 --compress=1 --no-password --file="database-$number.part"
  pg_restore --list "database-$number.part" > "list.part"
  grep -v '^;' list.part > entries.part || true
  # Complete: every object of the catalogue has its entry, every table its data file, and every file unpacks.
  psql --no-psqlrc --no-password -At -v ON_ERROR_STOP=1 -f /procedures/expected.sql > catalogue.part
  sort -u catalogue.part > expected.part
  sed -n 's/^[0-9]*; \([0-9]* [0-9]*\) .*/\1/p' entries.part | sort -u > actual.part
  missing=$(comm -23 expected.part actual.part | head -n 20 | tr '\n' ',')
  if [ -n "$missing" ]; then
    echo "FAILED: The dump of $database is incomplete; these objects of its catalogue are not in it: $missing" >&2
    exit 6
  fi
  # Sequences' values and large objects bear no object number in the list: they are counted.
  counted=$(psql --no-psqlrc --no-password -At -v ON_ERROR_STOP=1 -f /procedures/counted.sql)
  sequences=$(grep -c '^[0-9]*; [0-9]* [0-9]* SEQUENCE SET ' entries.part || true)
  if [ "${counted%% *}" != "$sequences" ]; then
    echo "FAILED: The dump of $database is incomplete: ${counted%% *} sequences, but $sequences values" >&2
    exit 6
  fi
  if [ "${counted##* }" != 0 ] && ! grep -q '^[0-9]*; [0-9]* [0-9]* BLOB' entries.part; then
    echo "FAILED: The dump of $database is incomplete: ${counted##* } large objects are not in it" >&2
    exit 6
  fi
  sed -n 's/^\([0-9]*\); [0-9]* [0-9]* TABLE DATA .*/\1/p' entries.part | while read -r entry; do
    if [ ! -f "database-$number.part/$entry.dat.gz" ]; then
      echo "FAILED: The dump of $database is incomplete: the data file of entry $entry is missing" >&2
      exit 6
    fi
  done
  if ! find "database-$number.part" -name '*.gz' | xargs -r -n 8 -P 2 gzip -t; then
    echo "FAILED: The dump of $database is damaged: a file does not unpack" >&2
    exit 7
  fi
  mv "database-$number.part" "database-$number"
  echo "entries $number $(wc -l < entries.part)"
  rm -f list.part entries.part catalogue.part expected.part actual.part
done
rm -f uploads.tar uploads.tar.part
if [ -d "$storage/uploads" ]; then
  # 1: a file changed while it was read. NocoBase may be running; an attachment in upload is of a later moment anyway.
  tar --numeric-owner -cf uploads.tar.part -C "$storage" uploads || [ $? -eq 1 ]
  tar -tf uploads.tar.part > /dev/null
  sync uploads.tar.part 2> /dev/null || sync
  mv uploads.tar.part uploads.tar
fi
find . -type f ! -name manifest.json ! -name '*.part' ! -name SHA256SUMS | sort | xargs sha256sum > SHA256SUMS.part
sync SHA256SUMS.part 2> /dev/null || sync
mv SHA256SUMS.part SHA256SUMS
echo "client $(pg_dump --version)"
echo "copy $(sha256sum SHA256SUMS | cut -d ' ' -f 1) $(find . -type f -exec cat {} + | wc -c)"

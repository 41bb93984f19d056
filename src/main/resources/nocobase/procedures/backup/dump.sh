# Makes the durable copy and verifies it. Arguments: directory of the restore point, storage, databases to dump.
# PostgreSQL's address, user and password file come by libpq's variables. ONLINE is set where nodes are serving, PLAIN where
# somebody waits for the copy and there is a clone until it was packed (pack.sh), SCHEMA_ONLY for the dry run, which copies no row.
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
    if [ "$room" -lt 1024 ]; then echo 'FAILED: volumeFull' >&2; fi
    rm -rf "$directory"/*.part
    kill "${writer:-}" 2> /dev/null || true
  fi
  if [ -n "${scratch:-}" ]; then psql --no-psqlrc --no-password -q -d "$ADMINISTER" -f /procedures/drop.sql || true; fi
}
trap ended EXIT
cd "$directory"
rm -f SHA256SUMS SHA256SUMS.packed
. /procedures/sums.sh
. /procedures/places.sh

# A session for each database holds a snapshot, from which pg_dump copies, and tells what a complete copy has. The
# snapshots of all databases are taken before the first is copied.
hold() {
  cat << SQL
\\o /dev/null
select set_config(name, '0', false) from pg_settings
 where name in ('idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout', 'transaction_timeout',
                'max_parallel_workers_per_gather');
begin isolation level repeatable read read only;
\\o /tmp/snapshot-$1.part
select pg_export_snapshot();
\\o
\\! mv /tmp/snapshot-$1.part /tmp/snapshot-$1
\\o $directory/expected-$1.part
\\i /procedures/expected.sql
\\o $directory/counted-$1.part
\\i /procedures/counted.sql
\\o $directory/rows-$1.part
$([ -n "${SCHEMA_ONLY:-}" ] || echo '\i /procedures/count-rows.sql')
\\o
\\! : > /tmp/rows-counted-$1
SQL
  while [ ! -e "/tmp/dumped-$1" ]; do sleep 0.2; done
}
number=0
for database in "$@"; do
  number=$((number + 1))
  hold $number | PGDATABASE="$database" psql --no-psqlrc --no-password -q -At -v ON_ERROR_STOP=1 > "/tmp/held-$number" 2>&1 &
  eval "holder_$number=$!"
done
number=0
for database in "$@"; do
  number=$((number + 1))
  eval "holder=\$holder_$number"
  while [ ! -e "/tmp/snapshot-$number" ]; do
    if ! kill -0 "$holder" 2> /dev/null; then
      cat "/tmp/held-$number" >&2
      printf 'FAILED: noSnapshot\t%s\t%s\n' "$database" "$(tail -n 1 "/tmp/held-$number")" >&2
      exit 6
    fi
    sleep 0.1
  done
done
echo "snapshot $(date +%s)"
if [ -n "${ONLINE:-}" ]; then
  sh /procedures/archive-storage.sh "$directory" "$storage" $(cat /procedures/folders)
fi

# Text takes up to twice the room of what it says in the database; and what it is packed into lies beside it for a while.
# Large objects and the tables of some extensions are not simply told a second time.
fits_plain() {
  [ -n "${PLAIN:-}" ] || return 1
  size=$(ask "select pg_database_size(current_database()) / 1024") || return 1
  free=$(df -P -k "$directory" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
  [ "$free" -gt $((3 * size + 1048576)) ] && [ "$(ask "select exists (select from pg_largeobject_metadata)
    or exists (select from pg_extension where cardinality(extconfig) > 0)")" = f ]
}
ask() {
  psql --no-psqlrc --no-password -q -At -v ON_ERROR_STOP=1 -c "$1"
}
# Arguments: number of the database, sessions that copy at once, level of compression.
dump() {
  rm -rf "database-$1.part"
  writing_steadily "database-$1.part/*.dat*" &
  writer=$!
  pg_dump --format=directory --jobs="$2" --compress="$3" --no-password --snapshot="$(cat "/tmp/snapshot-$1")" \
    ${ONLINE:+--lock-wait-timeout=60s} ${SCHEMA_ONLY:+--schema-only --lock-wait-timeout=5s} --file="database-$1.part"
  kill "$writer" 2> /dev/null || true
}
# Plain text has no check sum of its own. Each file must have a line for each row, and three that pg_dump ends it by; with
# the clone it is compared before that goes (check-copy.sh), when nobody waits.
all_rows() {
  while [ ! -e "/tmp/rows-counted-$1" ]; do
    kill -0 "$2" 2> /dev/null || return 1
    sleep 0.1
  done
  {
    sed 's/.*|\([0-9]*\)|\([0-9]*\)$/rows \2 \1/' "rows-$1.part"
    wc -l "database-$1.part"/*.dat | sed -n 's,^ *\([0-9]*\) .*/\([0-9]*\)\.dat$,lines \2 \1,p'
    pg_restore --list "database-$1.part" | sed -n 's/^\([0-9]*\); [0-9]* \([0-9]*\) TABLE DATA .*/data \1 \2/p'
  } | awk '$1 == "rows" { rows[$2] = $3 }
           $1 == "lines" { lines[$2] = $3 }
           $1 == "data" && (!($3 in rows) || lines[$2] != rows[$3] + 3) { exit 1 }'
}
number=0
for database in "$@"; do
  number=$((number + 1))
  export PGDATABASE="$database"
  rm -rf "database-$number" "database-$number.part"
  eval "holder=\$holder_$number"
  compressed=.gz
  if fits_plain; then
    # One session for two processors: a node is starting, and two that only move bytes leave others none for seconds.
    dump "$number" $(($(nproc) > 3 ? 2 : 1)) 0
    if all_rows "$number" "$holder"; then
      compressed=
    else
      echo "again $database"
    fi
  fi
  if [ -n "$compressed" ]; then
    dump "$number" 2 1
  fi
  : > "/tmp/dumped-$number"
  if ! wait "$holder"; then
    cat "/tmp/held-$number" >&2
    printf 'FAILED: notInspected\t%s\t%s\n' "$database" "$(tail -n 1 "/tmp/held-$number")" >&2
    exit 6
  fi
  pg_restore --list "database-$number.part" > "list.part"
  grep -v '^;' list.part > entries.part || true
  # Complete: every object of the catalogue has its entry, every table its data file, and every file unpacks.
  sort -u "expected-$number.part" | { [ -z "${SCHEMA_ONLY:-}" ] && cat || grep -v '^0 '; } > expected.part || true
  sed -n 's/^[0-9]*; \([0-9]* [0-9]*\) .*/\1/p' entries.part | sort -u > actual.part
  missing=$(comm -23 expected.part actual.part | head -n 20 | tr '\n' ',')
  if [ -n "$missing" ]; then
    printf 'FAILED: dumpLacksObjects\t%s\t%s\n' "$database" "$missing" >&2
    exit 6
  fi
  if [ -n "${SCHEMA_ONLY:-}" ]; then echo "0 0" > "counted-$number.part"; fi
  # Sequences' values and large objects bear no object number in the list: they are counted.
  counted=$(cat "counted-$number.part")
  sequences=$(grep -c '^[0-9]*; [0-9]* [0-9]* SEQUENCE SET ' entries.part || true)
  if [ "${counted%% *}" != "$sequences" ]; then
    printf 'FAILED: dumpLacksSequences\t%s\t%s\t%s\n' "$database" "${counted%% *}" "$sequences" >&2
    exit 6
  fi
  if [ "${counted##* }" != 0 ] && ! grep -q '^[0-9]*; [0-9]* [0-9]* BLOB' entries.part; then
    printf 'FAILED: dumpLacksLargeObjects\t%s\t%s\n' "$database" "${counted##* }" >&2
    exit 6
  fi
  sed -n 's/^\([0-9]*\); [0-9]* [0-9]* TABLE DATA .*/\1/p' entries.part | while read -r entry; do
    if [ ! -f "database-$number.part/$entry.dat$compressed" ]; then
      printf 'FAILED: dumpLacksFile\t%s\t%s\n' "$database" "$entry" >&2
      exit 6
    fi
  done
  if ! find "database-$number.part" -name '*.gz' | xargs -r -n 8 -P 2 gzip -t; then
    printf 'FAILED: dumpDamaged\t%s\n' "$database" >&2
    exit 7
  fi
  sed 's/|[0-9]*$//' "rows-$number.part" > "database-$number.rows"
  mv "database-$number.part" "database-$number"
  echo "entries $number $(wc -l < entries.part)"
  rm -f list.part entries.part expected.part actual.part "expected-$number.part" "counted-$number.part" "rows-$number.part"
done
rm -f uploads.tar uploads.tar.part
if [ -z "${SCHEMA_ONLY:-}" ] && { [ -e "$storage/uploads" ] || [ -L "$storage/uploads" ]; }; then
  find_places "$storage" uploads
  require_followed
  # 1: a file changed while it was read. NocoBase may be running; an attachment in upload is of a later moment anyway.
  archive uploads.tar.part uploads || { [ $? -eq 1 ] && tar --version | grep -q GNU; }
  tar -tf uploads.tar.part > /dev/null
  sync uploads.tar.part 2> /dev/null || sync
  mv uploads.tar.part uploads.tar
fi
# A copy that cannot be restored is none. Its schema is restored once, with the role and the options of a rollback: what only a
# superuser may create shows here.
if [ -z "${SCHEMA_ONLY:-}" ]; then
  . /procedures/durable-copy.sh
  export RESTORE_ONLY=schema
  scratch=yes
  psql --no-psqlrc --no-password -q -v ON_ERROR_STOP=1 -d "$ADMINISTER" -f /procedures/create.sql
  number=0
  while IFS= read -r into; do
    number=$((number + 1))
    restored_into "$number" "$into"
  done < /procedures/into
  psql --no-psqlrc --no-password -q -d "$ADMINISTER" -f /procedures/drop.sql
  scratch=
fi
find . -type f ! -name manifest.json ! -name '*.part' ! -name SHA256SUMS | sort | sum_all > SHA256SUMS.part
sync SHA256SUMS.part 2> /dev/null || sync
mv SHA256SUMS.part SHA256SUMS
echo "client $(pg_dump --version)"
echo "copy $(sha256sum SHA256SUMS | cut -d ' ' -f 1) $(size_of_all)"

# To be sourced in the directory of a durable copy. RESTORE_AS names the role that is to own everything of another
# cluster's copy; unset, owners and privileges are those of the dump.

# Argument: checksum of the list of checksums.
check_sums() {
  if ! echo "$1  SHA256SUMS" | sha256sum -c - > /dev/null 2>&1; then
    printf 'FAILED: copyDamagedList\t%s\n' "$(pwd)" >&2
    exit 5
  fi
  if ! sha256sum -c SHA256SUMS > /tmp/sums 2>&1; then
    printf 'FAILED: copyDamaged\t%s\t%s\n' "$(pwd)" "$(grep -v ': OK$' /tmp/sums | tr '\n' ' ')" >&2
    exit 5
  fi
}

# Arguments: number of the database in the directory, connection string of the new database.
restore_into() {
  # Parallel queries need shared memory, of which Docker gives a container 64 MB ("could not resize shared memory segment").
  export PGOPTIONS='-c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0'
  # A schema alone goes at once: nobody waits until the disk has each of its hundreds of statements.
  if [ -n "${RESTORE_ONLY:-}${SCHEMA_ONLY:-}" ]; then PGOPTIONS="$PGOPTIONS -c synchronous_commit=off"; fi
  if [ -z "${RESTORE_AS:-}" ]; then
    pg_restore --no-password --exit-on-error --jobs=2 ${RESTORE_ONLY:+--schema-only} --dbname="$2" "database-$1"
  else
    pg_restore --list "database-$1" > /tmp/list
    grep -E '^[0-9]+; [0-9]+ [0-9]+ SCHEMA - ' /tmp/list > /tmp/schemas || true
    grep -E '^[0-9]+; [0-9]+ [0-9]+ EXTENSION - ' /tmp/list > /tmp/extensions || true
    grep -vE '^[0-9]+; [0-9]+ [0-9]+ (SCHEMA|EXTENSION|COMMENT) - (EXTENSION )?' /tmp/list > /tmp/rest
    grep -E '^[0-9]+; [0-9]+ [0-9]+ COMMENT - ' /tmp/list | grep -v ' COMMENT - EXTENSION ' >> /tmp/rest || true
    as="--no-password --exit-on-error --no-owner --no-privileges --no-publications --no-subscriptions"
    # Only whoever administers may create some extensions.
    pg_restore $as --role="$RESTORE_AS" --use-list=/tmp/schemas --dbname="$2" "database-$1" &&
      pg_restore $as --use-list=/tmp/extensions --dbname="$2" "database-$1" &&
      pg_restore $as --role="$RESTORE_AS" --jobs=2 --use-list=/tmp/rest --dbname="$2" "database-$1"
  fi
}

# The same, or the end with the first thing that was refused: the last one is only that others died of it.
restored_into() {
  if ! restore_into "$1" "$2" > /tmp/restored 2>&1; then
    cat /tmp/restored >&2
    printf 'FAILED: copyNotRestorable\t%s\n' \
      "$(grep -m 1 'error:' /tmp/restored) $(grep -m 1 '^Command was:' /tmp/restored)" >&2
    exit 8
  fi
}

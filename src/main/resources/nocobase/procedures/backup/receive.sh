# Brings another cluster's durable copy here, or takes one over that was carried here, and checks it. May be killed and
# run again. Arguments: the directory there (or - if it was carried), the directory here, checksum of the list of checksums.
# The nodes' definitions hold the other cluster's secrets and stay there.
set -eu
export LC_ALL=C
umask 077
from=$1
to=$2
checksum=$3
mkdir -p "$to"
cd "$to"
. /procedures/durable-copy.sh
if [ "$from" != - ]; then
  if [ ! -f "$from/manifest.json" ]; then
    printf 'FAILED: noCopyThere\t%s\n' "$from" >&2
    exit 5
  fi
  (cd "$from" && find . -type f ! -name manifest.json ! -name nodes.json ! -name '*.part') > /tmp/files
  while read -r file; do
    mkdir -p "${file%/*}"
    if ! cmp -s "$from/$file" "$file"; then
      cp "$from/$file" "$file.part"
      mv "$file.part" "$file"
    fi
  done < /tmp/files
fi
if ! echo "$checksum  SHA256SUMS" | sha256sum -c - > /dev/null 2>&1; then
  # The list without the nodes' definitions, from an earlier attempt that was cut off after this point.
  if [ ! -f SHA256SUMS.there ] || ! echo "$checksum  SHA256SUMS.there" | sha256sum -c - > /dev/null 2>&1; then
    echo 'FAILED: copyDamagedArrived' >&2
    exit 5
  fi
else
  cp SHA256SUMS SHA256SUMS.there
fi
grep -v ' \./nodes\.json$' SHA256SUMS.there > SHA256SUMS.part
mv SHA256SUMS.part SHA256SUMS
check_sums "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)"
rm -f SHA256SUMS.there
sync
echo "received $(sha256sum SHA256SUMS | cut -d ' ' -f 1) $(find . -type f -exec cat {} + | wc -c) $(sha256sum storage.tar | cut -d ' ' -f 1)"

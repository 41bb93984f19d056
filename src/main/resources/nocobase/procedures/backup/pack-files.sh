# Arguments: files below the copy's directory, to be compressed beside themselves.
set -eu
. /procedures/sums.sh
for file in "$@"; do
  gzip -1 < "$file" > "$file.gz.part"
  if [ "$(gzip -dc "$file.gz.part" | sum | cut -d ' ' -f 1)  ./$file" != "$(grep -F "  ./$file" SHA256SUMS)" ]; then
    printf 'FAILED: notUnpacked\t%s\n' "$file" >&2
    exit 255
  fi
  mv "$file.gz.part" "$file.gz"
done

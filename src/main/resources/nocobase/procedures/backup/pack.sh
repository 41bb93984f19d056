# Compresses a durable copy that was made plain because somebody waited for it. Argument: the copy's directory. What was
# packed lies beside what it was made from until all of it unpacks to the recorded check sums.
set -eu
export LC_ALL=C
umask 077
cd "$1"
. /procedures/sums.sh
ended() {
  code=$?
  if [ "$code" != 0 ]; then
    room=$(df -P -k . | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
    if [ "$room" -lt 1024 ]; then echo 'FAILED: volumeFull' >&2; fi
    for file in database-*/*.dat; do rm -f "$file.gz" "$file.gz.part"; done
  fi
}
trap ended EXIT
# Cut off in its last step: what is packed and listed needs its origin no more.
for file in database-*/*.dat; do
  if grep -qF "  ./$file.gz" SHA256SUMS; then rm -f "$file"; fi
done
ls database-*/*.dat | grep -v '/toc\.dat$' > /tmp/plain || true
if [ -s /tmp/plain ]; then
  # Clients are served meanwhile: they come first, on the processors and on the disk.
  writing_steadily 'database-*/*.gz.part' &
  writer=$!
  nice -n 19 xargs -n 1 -P 2 sh /procedures/pack-files.sh < /tmp/plain
  kill "$writer" 2> /dev/null || true
  {
    awk 'NR == FNR { plain["./" $0]; next } !($2 in plain)' /tmp/plain SHA256SUMS
    sed 's/.*/.\/&.gz/' /tmp/plain | sum_all
  } | sort -k 2 > SHA256SUMS.packed
  if [ "$(wc -l < SHA256SUMS.packed)" != "$(wc -l < SHA256SUMS)" ]; then
    echo 'FAILED: fewerFiles' >&2
    exit 6
  fi
  sync SHA256SUMS.packed database-*/*.gz database-* 2> /dev/null || sync
  mv SHA256SUMS.packed SHA256SUMS
  trap - EXIT
  sync . 2> /dev/null || sync
  xargs rm -f < /tmp/plain
fi
echo "copy $(sha256sum SHA256SUMS | cut -d ' ' -f 1) $(size_of_all)"

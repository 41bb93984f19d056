# Removes storage folders that a restore replaced long ago. Arguments: storage, then names.
set -eu
cd "$1"
shift
for name in "$@"; do
  case $name in
    .replaced-????????) rm -rf "./$name" ;;
    *)
      printf 'FAILED: notReplaced\t%s\n' "$name" >&2
      exit 4
      ;;
  esac
done
echo "removed"

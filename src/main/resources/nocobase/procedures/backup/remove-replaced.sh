# Removes storage folders that a restore replaced long ago. Arguments: storage, then names.
set -eu
cd "$1"
shift
for name in "$@"; do
  case $name in
    .replaced-????????) rm -rf "./$name" ;;
    *)
      echo "FAILED: $name is not a folder of replaced storage" >&2
      exit 4
      ;;
  esac
done
echo "removed"

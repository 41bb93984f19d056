# Shows routes to nginx's own test, in a copy of its configuration: what is in force is neither changed nor reloaded.
# Arguments: a folder of ours with the routes (<name>.conf), nginx's folder for our files, our file there, the routes' names.
set -u
work=$1 ours=$2 file=$3
shift 3
main=$(nginx -T 2> /dev/null | sed -n 's/^# configuration file \(.*\):$/\1/p' | head -n 1)
[ -n "$main" ] || main=$(nginx -V 2>&1 | tr ' ' '\n' | sed -n 's/^--conf-path=//p')
base=${main%/*}
copy=$work/copy
mkdir -p "$copy$base" "$copy$ours" || exit 1
# Links are followed: what is changed below is never nginx's own.
cp -RL "$base/." "$copy$base/" 2> /dev/null
cp -RL "$ours/." "$copy$ours/" 2> /dev/null
here() {
  sed -i -e "s#\(include[[:space:]][[:space:]]*[\"']\{0,1\}\)$base/#\1$copy$base/#g" \
    -e "s#\(include[[:space:]][[:space:]]*[\"']\{0,1\}\)$ours/#\1$copy$ours/#g" "$1"
}
grep -rl include "$copy" | while IFS= read -r name; do here "$name"; done
try() {
  said=$(nginx -t -c "$copy$main" 2>&1)
  echo "=== $1 $?"
  printf '%s\n' "$said" | sed "s#$copy##g" | tail -n 8
}
echo "# procedures-were-here" > "$copy$ours/$file"
try bare
if nginx -T -c "$copy$main" 2> /dev/null | grep -q procedures-were-here; then echo "=== included 0"; else echo "=== included 1"; fi
for route do
  cp "$work/$route.conf" "$copy$ours/$file"
  here "$copy$ours/$file"
  try "$route"
done
rm -rf "$work"

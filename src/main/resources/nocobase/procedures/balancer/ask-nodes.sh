# Asks nodes from where nginx stands. Arguments: the path, then host:port of each. Tells the status of each, 000 for no answer.
path=$1
shift
ask() {
  if command -v curl > /dev/null 2>&1; then
    curl -s -o /dev/null -m 4 -w '%{http_code}' "http://$1$path"
  elif command -v wget > /dev/null 2>&1; then
    wget -S -T 4 -O /dev/null "http://$1$path" 2>&1 | sed -n 's/.*HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | tail -n 1
  else
    host=${1%:*}
    host=${host#[}
    timeout 4 bash -c 'exec 3<> "/dev/tcp/$0/$1" && printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$2" "$0" >&3 && read -r _ code _ <&3 && echo "$code"' \
      "${host%]}" "${1##*:}" "$path" 2> /dev/null
  fi
}
if ! command -v curl > /dev/null 2>&1 && ! command -v wget > /dev/null 2>&1 && ! command -v bash > /dev/null 2>&1; then
  exit 3
fi
for node do
  (
    code=$(ask "$node")
    case $code in
    [1-5][0-9][0-9]) echo "=== $node $code" ;;
    *) echo "=== $node 000" ;;
    esac
  ) &
done
wait

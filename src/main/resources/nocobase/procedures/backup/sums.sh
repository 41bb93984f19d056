# To be sourced: what scripts for durable copies share. Check sums are as sha256sum writes them; by OpenSSL where there is one,
# which uses what the processor can.

# Arguments: files; none for the standard input.
sum() {
  if command -v openssl > /dev/null 2>&1; then
    openssl dgst -sha256 -r "$@" | sed 's/ \*/  /'
  else
    sha256sum "$@"
  fi
}

# Standard input: names of files, sorted.
sum_all() {
  xargs -n 2 -P 2 sh -c '. /procedures/sums.sh; [ $# = 0 ] || sum "$@"' sum | sort -k 2
}

# Bytes of what is below the present directory, without the description that is written last.
size_of_all() {
  find . -type f ! -name manifest.json -exec wc -c {} + | awk '$2 != "total" { sum += $1 } END { printf "%.0f\n", sum }'
}
# Lets the disk write what is there already: gigabytes at once, at the end, would hold up whoever shares that disk. Argument:
# a pattern of files, looked up each time.
writing_steadily() {
  while sync --version 2> /dev/null | grep -q coreutils && sleep 0.5; do
    sync $1 2> /dev/null || true
  done
}

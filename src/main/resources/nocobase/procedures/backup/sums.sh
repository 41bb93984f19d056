# To be sourced: sizes, and check sums as sha256sum writes them; by OpenSSL where there is one, which uses what the processor can.

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

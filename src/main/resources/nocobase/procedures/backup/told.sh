# Sums up a table's data from the standard input, with the end that pg_dump gives its file. Argument: the table's number.
. /procedures/sums.sh
{ cat; printf '\\.\n\n\n'; } | sum | cut -d ' ' -f 1 > "/tmp/told/$1.part"
mv "/tmp/told/$1.part" "/tmp/told/$1"

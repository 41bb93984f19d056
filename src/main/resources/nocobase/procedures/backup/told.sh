# Sums up a table's data from the standard input. Argument: the table's number.
. /procedures/sums.sh
sum | cut -d ' ' -f 1 > "/tmp/told/$1.part"
mv "/tmp/told/$1.part" "/tmp/told/$1"

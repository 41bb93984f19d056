#!/bin/sh
# As in the official image a shell stays PID 1 and ignores SIGTERM: docker stop takes its whole grace period.
set -e
cd /app/nocobase
for script in storage/scripts/*.sh; do
  [ -e "$script" ] && sh "$script"
done
yarn start --quickstart
exec "$@"

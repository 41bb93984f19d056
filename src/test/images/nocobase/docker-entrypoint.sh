#!/bin/sh
# As in the official image (without its nginx, whose place the cluster's balancer takes): a shell stays PID 1.
set -e
cd /app/nocobase
yarn start --quickstart
exec "$@"

#!/usr/bin/env bash
# Point reads through Terrace's SQL front beside one of its servers: bench/sql.sh PORT PID SERVER_PORT
# PORT and PID are those of a Terrace that runs already, such as the demo's, SERVER_PORT a PostgreSQL behind it:
#   bench/sql.sh 6432 "$(pgrep -f dev.terrace.app)" 5501
set -euo pipefail
port=${1:?the port of a running Terrace}
pid=${2:?its process id}
server=${3:?the port of a PostgreSQL behind it}
command -v pgbench >/dev/null || { echo "pgbench is missing: apt-get install postgresql-contrib" >&2; exit 1; }
export PGPASSWORD=${PGPASSWORD:-shop}
script=$(mktemp)
trap 'rm -f "$script"' EXIT
printf '\\set id random(1, 300)\nselect name, email from users where id = :id;\n' >"$script"
ticks() { awk '{print $14 + $15}' "/proc/$pid/stat"; }
run() { # port mode clients seconds
  pgbench -n -h 127.0.0.1 -p "$1" -U shop -M "$2" -f "$script" -c "$3" -j 1 -T "$4" shop 2>/dev/null
}
for mode in simple extended prepared; do
  for clients in 1 16; do
    run "$port" "$mode" "$clients" 4 >/dev/null
    before=$(ticks)
    through=$(run "$port" "$mode" "$clients" 6)
    after=$(ticks)
    direct=$(run "$server" "$mode" "$clients" 4 | awk '/^tps/ {print $3}')
    awk -v mode="$mode" -v clients="$clients" -v ticks=$((after - before)) -v direct="$direct" \
      '/actually processed/ { split($6, n, "/") } /^tps/ { tps = $3 }
       END { printf "%-9s %3d clients %8.0f tx/s  %5.1f us CPU per query  (direct %8.0f tx/s)\n",
             mode, clients, tps, ticks * 10000 / n[1], direct }' <<<"$through"
  done
done

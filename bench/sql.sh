#!/usr/bin/env bash
# Point reads through Terrace's SQL front, through pgbouncer, and straight to a server:
#   bench/sql.sh PORT PID SERVER_PORT
# PORT and PID are those of a Terrace that runs already, such as the demo's, SERVER_PORT a PostgreSQL behind it:
#   bench/sql.sh 6432 "$(pgrep -f dev.terrace.app)" 5501
# All are measured in turn, never at the same time; CPU is that of the proxy's process.
set -euo pipefail
port=${1:?the port of a running Terrace}
pid=${2:?its process id}
server=${3:?the port of a PostgreSQL behind it}
pgbench=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | tail -1)
[ -n "$pgbench" ] || { echo "pgbench is missing: apt-get install postgresql-contrib" >&2; exit 1; }
command -v pgbouncer >/dev/null || { echo "pgbouncer is missing: apt-get install pgbouncer" >&2; exit 1; }
export PGPASSWORD=${PGPASSWORD:-shop}
work=$(mktemp -d)
chmod 755 "$work"
bouncer_port=$((server + 1000))
cleanup() {
  [ -f "$work/pid" ] && kill "$(cat "$work/pid")" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
printf '\\set id random(1, 300)\nselect name, email from users where id = :id;\n' >"$work/read.sql"
printf '"shop" "%s"\n' "$PGPASSWORD" >"$work/users"
cat >"$work/ini" <<INI
[databases]
shop = host=127.0.0.1 port=$server dbname=shop user=shop password=$PGPASSWORD
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $bouncer_port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $work/users
pool_mode = transaction
default_pool_size = 16
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
logfile = $work/log
pidfile = $work/pid
INI
as_user=()
if [ "$(id -u)" = 0 ]; then # pgbouncer refuses to run as root
  chown nobody "$work"
  as_user=(-u nobody)
fi
pgbouncer -d -q "${as_user[@]}" "$work/ini"

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
bench() { # port mode clients seconds
  "$pgbench" -n -h 127.0.0.1 -p "$1" -U shop -M "$2" -f "$work/read.sql" -c "$3" -j 1 -T "$4" shop 2>/dev/null
}
# Prints transactions per second and microseconds of CPU per transaction.
measure() { # port pid mode clients
  local before after result
  bench "$1" "$3" "$4" 4 >/dev/null || return 1
  before=$(ticks "$2")
  result=$(bench "$1" "$3" "$4" 8) || return 1
  after=$(ticks "$2")
  awk -v ticks=$((after - before)) \
    '/actually processed/ { split($6, n, "/") } /^tps/ { tps = $3 }
     END { printf "%.0f %.1f\n", tps, ticks * 10000 / n[1] }' <<<"$result"
}
until [ -s "$work/pid" ]; do sleep 0.1; done
bouncer=$(cat "$work/pid")
printf '%-9s %8s | %20s | %20s | %6s | %s\n' \
  protocol clients 'Terrace tx/s   us/tx' 'pgbouncer tx/s us/tx' 'us/us' 'direct tx/s'
for mode in simple extended prepared; do
  for clients in 1 16 64; do
    read -r tps cpu < <(measure "$port" "$pid" "$mode" "$clients")
    # Before 1.21 pgbouncer has no prepared statements when it pools transactions.
    read -r peer_tps peer_cpu < <(measure "$bouncer_port" "$bouncer" "$mode" "$clients" || echo "- -")
    direct=$(bench "$server" "$mode" "$clients" 4 | awk '/^tps/ { printf "%.0f", $3 }')
    ratio=$(awk -v a="$cpu" -v b="$peer_cpu" 'BEGIN { if (b == "-") print "-"; else printf "%.2f", a / b }')
    printf '%-9s %8s | %12s %7s | %13s %6s | %6s | %s\n' \
      "$mode" "$clients" "$tps" "$cpu" "$peer_tps" "$peer_cpu" "$ratio" "$direct"
  done
done

#!/usr/bin/env bash
# Cache hits of Terrace's key-value front beside Redis: bench/kv.sh PORT PID [KEY_COMMAND...]
# PORT and PID are those of a Terrace that runs already, such as the demo's:
#   bench/kv.sh 6380 "$(pgrep -f dev.terrace.app)" HGETALL product:42
set -euo pipefail
port=${1:?the port of a running Terrace}
pid=${2:?its process id}
shift 2
command=("$@")
[ ${#command[@]} -gt 0 ] || command=(HGETALL product:42)
for tool in redis-server redis-cli redis-benchmark; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install redis-server" >&2; exit 1; }
done
redis_port=$((20000 + RANDOM % 10000))
redis-server --port "$redis_port" --save '' --appendonly no >/dev/null &
redis=$!
trap 'kill $redis' EXIT
until redis-cli -p "$redis_port" ping >/dev/null 2>&1; do :; done
# Redis gets the same row, so that both answer the same bytes.
key=${command[1]}
if [ "$(redis-cli -p "$port" type "$key")" = string ]; then
  redis-cli -p "$port" get "$key" | redis-cli -x -p "$redis_port" set "$key" >/dev/null
else
  mapfile -t fields < <(redis-cli -p "$port" hgetall "$key")
  redis-cli -p "$redis_port" hset "$key" "${fields[@]}" >/dev/null
fi
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
measure() { # who port pid pipeline requests
  local before after line
  before=$(ticks "$3")
  line=$(redis-benchmark -p "$2" -c 50 -n "$5" -P "$4" --csv "${command[@]}" | tail -1)
  after=$(ticks "$3")
  awk -F'","' -v who="$1" -v pipeline="$4" -v ticks=$((after - before)) -v n="$5" \
    '{ printf "%-8s -P %-3s %9.0f ops/s  p99 %6.2f ms  %5.2f us CPU per op\n", who, pipeline, $2, $7, ticks * 10000 / n }' <<<"$line"
}
# The first round warms both up.
for round in warm-up 1 2 3; do
  echo "round $round: ${command[*]}"
  for load in "1 200000" "16 2000000"; do
    read -r pipeline requests <<<"$load"
    measure terrace "$port" "$pid" "$pipeline" "$requests"
    measure redis "$redis_port" "$redis" "$pipeline" "$requests"
  done
done

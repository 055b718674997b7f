#!/usr/bin/env bash
# Redis behind Terrace and behind twemproxy, side by side: bench/kv-pass.sh [LOOPS]
# LOOPS are Terrace's event loops, 1 if left out, as twemproxy has one thread; 0 is one for each core.
# ROUNDS=3 NODES=1 BYTES=3 CLIENTS=50 LOADS="1:200000 16:1600000" in the environment say more.
# Needs redis-server, redis-benchmark and nutcracker: apt-get install redis-server redis-tools twemproxy
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in redis-server redis-cli redis-benchmark nutcracker; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install redis-server redis-tools twemproxy" >&2; exit 1; }
done
loops=${1:-1}
rounds=${ROUNDS:-3} nodes=${NODES:-1} bytes=${BYTES:-3} clients=${CLIENTS:-50}
folder=$(mktemp -d)
base=$((20000 + RANDOM % 10000))
pids=()
finish() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"; }
trap finish EXIT
shards='' servers=''
for ((i = 0; i < nodes; i++)); do
  redis-server --port $((base + i)) --save '' --appendonly no --dir "$folder" >/dev/null &
  pids+=($!)
  shards+="{primary: \"127.0.0.1:$((base + i))\"}, "
  servers+="  - 127.0.0.1:$((base + i)):1"$'\n'
done
cat >"$folder/terrace.yaml" <<FILE
runtime: {loops: $loops}
listen: {kv: "127.0.0.1:$((base + 100))"}
kv: {default: nodes}
stores:
  nodes: {engine: redis, shards: [${shards%, }]}
FILE
cat >"$folder/twemproxy.yaml" <<FILE
nodes:
  listen: 127.0.0.1:$((base + 200))
  hash: fnv1a_64
  distribution: ketama
  redis: true
  servers:
$servers
FILE
if [ -z "${TERRACE:-}" ]; then
  ./terrace help >/dev/null 2>&1 || true
  TERRACE="./terrace run"
fi
$TERRACE "$folder/terrace.yaml" >"$folder/terrace.log" 2>&1 &
pids+=($!)
nutcracker -c "$folder/twemproxy.yaml" -s $((base + 201)) -m 512 >"$folder/twemproxy.log" 2>&1 &
twemproxy=$!
pids+=($twemproxy)
for port in $((base + 100)) $((base + 200)); do
  for ((i = 0; i < 300; i++)); do
    [ "$(redis-cli -p "$port" set x y 2>/dev/null)" = OK ] && break
    sleep 0.1
  done
done
terrace=$(ss -ltnpH "sport = :$((base + 100))" | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -1)
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
measure() { # who port pid command pipeline requests
  local before line
  before=$(ticks "$3")
  line=$(redis-benchmark -p "$2" -c "$clients" -n "$6" -P "$5" -d "$bytes" -r 100000 -t "$4" --csv | tail -1)
  printf '%s %s %s %s %s\n' "$1" "$4" "$5" "$(awk -F'","' '{print $2, $7}' <<<"$line")" \
    "$(awk -v t=$(($(ticks "$3") - before)) -v n="$6" 'BEGIN {printf "%.3f", t * 10000 / n}')"
}
# The first round warms both up.
for ((round = 0; round <= rounds; round++)); do
  for load in ${LOADS:-1:200000 16:1600000}; do
    for command in set get; do
      measure terrace $((base + 100)) "$terrace" $command "${load%:*}" "${load#*:}"
      measure twemproxy $((base + 200)) $twemproxy $command "${load%:*}" "${load#*:}"
    done
  done >"$folder/round.$round"
  [ $round = 0 ] || cat "$folder/round.$round" >>"$folder/all"
done
awk '
  { key = $2 " -P " $3; if (!(key in seen)) { seen[key] = 1; order[++keys] = key }
    n[key, $1]++; ops[key, $1] += $4; p99[key, $1] += $5; cpu[key, $1] += $6 }
  END { for (i = 1; i <= keys; i++) { key = order[i]
    for (w = 1; w <= 2; w++) { who = w == 1 ? "terrace" : "twemproxy"; c = n[key, who]
      printf "%-10s %-9s %8.0f ops/s  p99 %6.2f ms  %6.2f us CPU per op\n", key, who, ops[key, who] / c, p99[key, who] / c, cpu[key, who] / c }
    printf "%-10s ratio     %8.2f               %6.2f        %6.2f\n", key, ops[key, "terrace"] / ops[key, "twemproxy"], \
      p99[key, "terrace"] / p99[key, "twemproxy"], cpu[key, "terrace"] / cpu[key, "twemproxy"] } }' "$folder/all"

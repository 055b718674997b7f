#!/usr/bin/env bash
# pgbench through Terrace's SQL front, pgbouncer, pgpool-II and a plain relay; bench/sql.sh --help says what can be
# chosen. Needs pgbench, pgbouncer and pgpool: apt-get install postgresql-contrib pgbouncer pgpool2
# The relay is HAProxy (apt-get install haproxy), and is left out without it.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in pgbench pgbouncer pgpool; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install postgresql-contrib pgbouncer pgpool2" >&2; exit 1; }
done
ulimit -n "$(ulimit -Hn)"
. bench/java.sh
run_java dev.terrace.bench.sql.SqlBench "$@"

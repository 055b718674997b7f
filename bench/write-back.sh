#!/usr/bin/env bash
# Write-back while Terrace is killed and the database is down:
# bench/write-back.sh [KILLS [SECONDS [OUTAGE_SECONDS [JOURNAL_LIMIT [SEED]]]]]
# Ends with 1, and says why, if anything acknowledged was lost or anything else was made up.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/java.sh
run_java dev.terrace.bench.back.WriteBackSoak "$@"

#!/usr/bin/env bash
# A Terrace under load while every second something happens to it: bench/soak.sh [MINUTES [SEED]]
# Ends with 1, and says why, if a request failed, a tunnel was closed or something grew.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/java.sh
run_java dev.terrace.bench.soak.Soak "$@"

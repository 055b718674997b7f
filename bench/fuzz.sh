#!/usr/bin/env bash
# Our HTTP/1.1 parser against Netty's decoder for longer than a test may take: bench/fuzz.sh [SECONDS [FIRST_SEED]]
# Half of the time goes to requests, half to answers. It fails on the first difference that nothing explains.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
seed=${2:-$(date +%s%N)}
mvn -B test -pl http -am -Djacoco.skip -Dtest=HttpFuzzTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dterrace.fuzz.seconds=$((seconds / 2 + 1)) -Dterrace.fuzz.first="$seed" |
  grep -E '^HttpFuzzTest|cases,|^\[ERROR\]|terrace.seed|BUILD'

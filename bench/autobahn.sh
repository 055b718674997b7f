#!/usr/bin/env bash
# All cases of the Autobahn WebSocket suite through Terrace, not the part that the tests run: bench/autobahn.sh [CASES]
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -B test -pl conformance -am -Djacoco.skip -Dtest=WebSocketConformanceTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dterrace.autobahn.cases="${1:-*}" |
  grep -E '^Autobahn|^\[ERROR\]|Tests run|BUILD'

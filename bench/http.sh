#!/usr/bin/env bash
# Terrace's HTTP front beside nginx and HAProxy; bench/http.sh --help says what can be chosen.
# Needs nginx, haproxy, wrk and h2load: apt-get install nginx-light haproxy wrk nghttp2-client
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in nginx haproxy wrk h2load openssl; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install nginx-light haproxy wrk nghttp2-client openssl" >&2; exit 1; }
done
ulimit -n "$(ulimit -Hn)" # 1,000 connections are 2,000 files
. bench/java.sh
run_java dev.terrace.bench.http.HttpBench "$@"

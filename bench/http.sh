#!/usr/bin/env bash
# Terrace's HTTP front beside nginx and HAProxy: bench/http.sh [SECONDS [ROUNDS [CONNECTIONS]]]
# Needs nginx, haproxy and wrk: apt-get install nginx-light haproxy wrk
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in nginx haproxy wrk; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install nginx-light haproxy wrk" >&2; exit 1; }
done
# In one invocation, so that the modules are found without being installed.
mvn -q -B package -DskipTests -Dquick -pl bench -am \
  dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
classpath="bench/target/classes:$(cat bench/target/bench.classpath)"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --enable-native-access=ALL-UNNAMED -cp "$classpath" dev.terrace.bench.http.HttpBench "$@"

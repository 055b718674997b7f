# Sourced by the scripts beside it: builds what the benchmarks need and runs one of their classes.
run_java() {
  if [ -z "${BENCH_BUILT:-}" ]; then
    # In one invocation, so that the modules are found without being installed.
    mvn -q -B ${MAVEN_ARGS:-} package -DskipTests -Dquick -pl bench -am \
      dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
  fi
  local classpath
  classpath="$PWD/bench/target/classes:$(cat bench/target/bench.classpath)"
  exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --enable-native-access=ALL-UNNAMED -cp "$classpath" "$@"
}

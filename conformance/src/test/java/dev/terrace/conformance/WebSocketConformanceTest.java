package dev.terrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Autobahn's fuzzing client against a WebSocket server, once directly and once through Terrace: the
 * verdict on every case must be the same. Here a part of the cases runs; {@code bench/autobahn.sh}
 * runs them all.
 */
class WebSocketConformanceTest {

  private static final String DIRECT = "direct";
  private static final String THROUGH = "through-terrace";

  /** Framing, pings, reserved bits, opcodes, fragments, some UTF-8, closing; one large message. */
  private static final String PART = "1.*,2.*,3.*,4.*,5.*,6.1.*,6.2.*,6.6.*,7.*,9.1.1,9.2.1,10.*";

  private static final int ROUNDS = 3;
  private static final Duration TIME_MAX = Duration.ofMinutes(30);
  private static final String CASES = System.getProperty("terrace.autobahn.cases", PART);

  @TempDir private Path folder;

  @Test
  void theVerdictsAreTheSameAsWithoutUs() throws Exception {
    Map<String, String> direct = new TreeMap<>();
    Map<String, String> through = new TreeMap<>();
    try (EchoServer member = EchoServer.start();
        RunningTerrace terrace = RunningTerrace.plain(folder, member.port())) {
      List<String> cases = List.of(CASES.split(",", -1));
      for (int round = 0; round < ROUNDS && !cases.isEmpty(); round++) {
        JsonNode report = autobahn(member.port(), terrace.port(), cases);
        direct.putAll(verdicts(report.get(DIRECT)));
        through.putAll(verdicts(report.get(THROUGH)));
        // Some are about who closes first, which a busy machine may decide otherwise.
        cases =
            direct.entrySet().stream()
                .filter(one -> !one.getValue().equals(through.get(one.getKey())))
                .map(Map.Entry::getKey)
                .toList();
      }
    }
    System.out.println("Autobahn, " + direct.size() + " cases: " + counts(through));
    assertThat(direct.size()).isGreaterThan(50);
    assertThat(through).isEqualTo(direct);
    // Not all: the server has its own failures. But enough for sameness to mean something.
    assertThat(Collections.frequency(through.values(), "OK / OK")).isGreaterThan(50);
  }

  private JsonNode autobahn(int directPort, int throughPort, List<String> wanted)
      throws IOException, InterruptedException {
    String cases = wanted.stream().map(c -> "'" + c + "'").collect(Collectors.joining(","));
    String script =
        """
        import sys
        from autobahntestsuite import wstest
        def server(name, port):
            return {'agent': name, 'url': 'ws://127.0.0.1:%%d/ws' %% port, 'options': {'version': 18}}
        wstest.start({'mode': 'fuzzingclient'}, {
            'options': {'failByDrop': False}, 'outdir': 'reports',
            'servers': [server('%s', %d), server('%s', %d)],
            'cases': [%s], 'exclude-cases': [], 'exclude-agent-cases': {}})
        """
            .formatted(DIRECT, directPort, THROUGH, throughPort, cases);
    Path file = Files.writeString(folder.resolve("suite.py"), script);
    String output =
        Suite.run(
            folder,
            TIME_MAX,
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dpython.cachedir.skip=true",
                "-Dpython.import.site=false",
                "-cp",
                jars(),
                "org.python.util.jython",
                file.toString()));
    File index = folder.resolve("reports/index.json").toFile();
    assertThat(index).as(output).exists();
    return new ObjectMapper().readTree(index);
  }

  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(jar -> jar.contains("autobahntestsuite-") || jar.contains("jython-"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** By case: what the suite says of the behaviour, and of the closing. */
  private static Map<String, String> verdicts(JsonNode agent) {
    Map<String, String> verdicts = new TreeMap<>();
    agent
        .properties()
        .forEach(one ->
            verdicts.put(
                one.getKey(),
                one.getValue().get("behavior").asText()
                    + " / "
                    + one.getValue().get("behaviorClose").asText()));
    return verdicts;
  }

  private static Map<String, Long> counts(Map<String, String> verdicts) {
    return verdicts.values().stream()
        .collect(Collectors.groupingBy(v -> v, TreeMap::new, Collectors.counting()));
  }
}

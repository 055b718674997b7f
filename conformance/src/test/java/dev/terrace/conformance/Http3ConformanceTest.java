package dev.terrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.TestCa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** h3spec, all of its cases, against HTTP/3: what QUIC, QPACK and HTTP/3 ask of a server. */
class Http3ConformanceTest {

  private static final Pattern CASE = Pattern.compile(" {2}(MUST.+?\\[.+?])( FAILED.*)?");
  private static final int CASES = 30;

  /**
   * What h3spec finds wrong and stays so: all of it is decided in the library that speaks QUIC
   * (quiche, through Netty), which ends such a connection without the error that h3spec waits for.
   */
  private static final Set<String> EXPLAINED =
      Set.of(
          "MUST send FRAME_ENCODING_ERROR if NEW_CONNECTION_ID with 0-byte CID is received"
              + " [Transport 19.15]",
          "MUST send FRAME_ENCODING_ERROR if NEW_CONNECTION_ID with invalid Retire_Prior_To is"
              + " received [Transport 19.15]",
          "MUST send PROTOCOL_VIOLATION if reserved bits in Handshake are non-zero [Transport 17.2]",
          "MUST send PROTOCOL_VIOLATION if reserved bits in Short are non-zero [Transport 17.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if ack_delay_exponen > 20 [Transport 7.4 and 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if initial_source_connection_id is missing"
              + " [Transport 7.3]",
          "MUST send TRANSPORT_PARAMETER_ERROR if max_ack_delay >= 2^14 [Transport 7.4 and 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if max_udp_payload_size < 1200"
              + " [Transport 7.4 and 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if original_destination_connection_id is received"
              + " [Transport 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if preferred_address, is received [Transport 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if retry_source_connection_id is received"
              + " [Transport 18.2]",
          "MUST send TRANSPORT_PARAMETER_ERROR if stateless_reset_token is received"
              + " [Transport 18.2]",
          "MUST send no_application_protocol TLS alert if no application protocols are supported"
              + " [TLS 8.1]");

  private static final Duration TIME_MAX = Duration.ofMinutes(5);

  /** How often a case that failed is run by itself. */
  private static final int AGAIN = 2;

  @TempDir private Path folder;

  @Test
  void conforms() throws Exception {
    Path h3spec = Suite.extract("h3spec/h3spec-linux-x86_64", folder);
    assertThat(h3spec.toFile().setExecutable(true)).isTrue();
    TestCa.create().issue("localhost", "127.0.0.1").write(folder, "c");
    String output;
    Set<String> failed;
    try (EchoServer member = EchoServer.start();
        RunningTerrace terrace = RunningTerrace.secure(folder, "http3: true", member.port())) {
      List<String> command =
          List.of(h3spec.toString(), "127.0.0.1", String.valueOf(terrace.port()));
      output = Suite.run(folder, TIME_MAX, command);
      failed = unexplained(output);
      for (int i = 0; i < AGAIN && !failed.isEmpty(); i++) {
        failed = failedAgain(command, failed);
      }
    }
    assertThat(CASE.matcher(output).results()).as(output).hasSizeGreaterThan(CASES);
    assertThat(failed).as(output).isEmpty();
  }

  private static Set<String> unexplained(String output) {
    Set<String> failed = new TreeSet<>();
    for (MatchResult one : CASE.matcher(output).results().toList()) {
      if (one.group(2) != null) {
        failed.add(one.group(1));
      }
    }
    failed.removeAll(EXPLAINED);
    return failed;
  }

  /**
   * Those that fail by themselves too: on a busy machine a case may wait in vain for its packet.
   */
  private Set<String> failedAgain(List<String> command, Set<String> failed) throws Exception {
    Set<String> again = new TreeSet<>();
    for (String one : failed) {
      List<String> alone = new ArrayList<>(command);
      alone.addAll(List.of("--match", one));
      String output = Suite.run(folder, TIME_MAX, alone);
      assertThat(output).as("it was run").contains(one);
      again.addAll(unexplained(output));
    }
    return again;
  }
}

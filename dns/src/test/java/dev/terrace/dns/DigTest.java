package dev.terrace.dns;

import static dev.terrace.dns.TestServer.fixed;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What people type: the real dig, with its cookies, EDNS and retry over TCP. */
class DigTest {

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static boolean digIsThere() throws InterruptedException {
    try {
      return run(List.of("dig", "-v")).contains("DiG");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void digGetsItsAnswers() throws Exception {
    boolean there = digIsThere();
    if (!there) {
      System.out.println("DigTest is skipped: no dig here (Debian's package is bind9-dnsutils)");
    }
    Assumptions.assumeTrue(there, "no dig");
    String[] many = IntStream.range(1, 65).mapToObj(i -> "2001:db8::" + i).toArray(String[]::new);
    try (TestServer server = new TestServer()) {
      server
          .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "10.0.0.3")
          .zone("shop.example", "www", pool("edges", 1), "many", fixed(many))
          .start();
      Set<String> turns = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        turns.add(dig(server, "+short", "www.shop.example"));
      }
      assertThat(turns).containsExactlyInAnyOrder("10.0.0.1\n", "10.0.0.2\n", "10.0.0.3\n");
      assertThat(dig(server, "+short", "many.shop.example", "AAAA").lines()).hasSize(64);
      assertThat(dig(server, "many.shop.example", "AAAA")).contains("(TCP)");
      assertThat(dig(server, "nothing.shop.example"))
          .contains("status: NXDOMAIN")
          .contains("SOA")
          .doesNotContain("WARNING: Message parser");
      assertThat(dig(server, "+subnet=203.0.113.0/24", "www.shop.example"))
          .contains("CLIENT-SUBNET: 203.0.113.0/24/0");
      assertThat(dig(server, "+subnet=0", "www.shop.example")).contains("status: NOERROR");
      assertThat(dig(server, "shop.example", "AXFR")).contains("Transfer failed");
      assertThat(dig(server, "+edns=3", "+noednsneg", "www.shop.example")).contains("BADVERS");
    }
  }

  private static String dig(TestServer server, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dig",
                "@" + server.address().getHostString(),
                "-p",
                "" + server.address().getPort(),
                "+norecurse",
                "+tries=2",
                "+time=2"));
    command.addAll(List.of(arguments));
    return run(command);
  }
}

package dev.terrace.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks speak what a pool's traffic does, by the file; the members are a Terrace too. */
class MemberChecksTest {

  private final int port = FreePorts.one();
  private final int securePort = FreePorts.one();
  private Terrace members;
  @TempDir private Path folder;

  @BeforeEach
  void startMembers() throws IOException {
    TestCa ca = TestCa.create();
    ca.write(folder.resolve("ca.pem"));
    ca.issue("app.internal").write(folder, "app");
    members =
        start(
            "members.yaml",
            """
            listen: {http: "127.0.0.1:%d", https: "127.0.0.1:%d"}
            tls: {certificates: [{certificate: app.pem, key: app.key}]}
            http:
              proxy-protocol: true
              trusted-proxies: [127.0.0.0/8]
              routes: [{match: {path: /healthz}, respond: {status: 200, body: "all is well"}}]
            """
                .formatted(port, securePort));
  }

  @AfterEach
  void stopMembers() {
    members.close();
  }

  private Terrace start(String name, String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve(name), yaml);
    return Terrace.start(ConfigFile.load(file, Map.of()).orThrow(), file);
  }

  /** What the first check of a pool with these keys finds. */
  private String check(int memberPort, String keys) throws IOException {
    String yaml =
        """
        listen: {http: "127.0.0.1:%d"}
        pools: {app: {members: ["127.0.0.1:%d"], %s}}
        http: {routes: [{pool: app}]}
        """
            .formatted(FreePorts.one(), memberPort, keys);
    try (Terrace terrace = start("t.yaml", yaml)) {
      terrace.awaitReady();
      PoolMember only = terrace.pools().get("app").snapshot().members().getFirst();
      return only.reason();
    }
  }

  private static final String GET =
      "health: {http: /healthz, body: all is well, every: 1h, timeout: 20s}";

  @Test
  void membersThatRequireAProxyHeaderGetOne() throws IOException {
    assertThat(check(port, GET)).isNotEqualTo("check passed");
    assertThat(check(port, "proxy-protocol: v1, " + GET)).isEqualTo("check passed");
    assertThat(check(port, "proxy-protocol: v2, " + GET)).isEqualTo("check passed");
  }

  @Test
  void http2IsSpokenWhereThePoolSpeaksIt() throws IOException {
    String http2 = "protocol: http2, proxy-protocol: v2, ";
    assertThat(check(port, http2 + GET)).isEqualTo("check passed");
    String tls = "tls: {ca: ca.pem, server-name: app.internal}, ";
    assertThat(check(securePort, http2 + tls + GET)).isEqualTo("check passed");
    String grpc = "health: {grpc: '', every: 1h, timeout: 20s}";
    assertThat(check(port, http2 + grpc)).as("a web server").isEqualTo("HTTP 404");
  }
}

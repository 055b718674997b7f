package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.net.tls.TlsSettings;
import dev.terrace.testkit.SharedPostgres;
import dev.terrace.testkit.TestCa;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** TLS with clients, from their first byte. */
class KvTlsTest {

  @TempDir Path folder;

  private final TestCa ca = TestCa.create();

  private KvRig rig(String mode, boolean clientCertificates) throws Exception {
    TestCa.Issued.Pem pem = ca.issue("127.0.0.1").write(folder, "kv");
    Path caFile = ca.write(folder.resolve("ca.pem"));
    String clients =
        clientCertificates ? ", client-auth: {ca: '" + caFile + "', mode: require}" : "";
    KvRig rig =
        KvRig.start(
            SharedPostgres.get(),
            "tls: {mode: "
                + mode
                + ", certificates: [{certificate: '"
                + pem.certificate()
                + "', key: '"
                + pem.key()
                + "'}]"
                + clients
                + "}");
    rig.certificates.configure(
        new TlsSettings(
            List.of(new TlsSettings.CertificateFiles(pem.certificate(), pem.key())),
            TlsSettings.Version.TLS_1_2,
            clientCertificates
                ? Optional.of(new TlsSettings.ClientAuth(caFile, true))
                : Optional.empty()));
    return rig;
  }

  private Jedis client(KvRig rig, TestCa.Issued... shown) {
    return new Jedis(
        new HostAndPort("127.0.0.1", rig.port()),
        DefaultJedisClientConfig.builder()
            .ssl(true)
            .sslSocketFactory(ca.clientContext(shown).getSocketFactory())
            .build());
  }

  @Test
  void clientsSpeakTlsAndOthersAreRefused() throws Exception {
    try (KvRig rig = rig("require", false);
        Jedis c = client(rig);
        RespWire clear = RespWire.to(rig.port())) {
      assertThat(c.set("page:tls", "x".repeat(100_000))).isEqualTo("OK");
      assertThat(c.get("page:tls")).hasSize(100_000);
      assertThat(clear.line("PING")).isEqualTo("-ERR this server speaks TLS only (kv.tls)");
      assertThat(c.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void whereTlsIsOptionalBothAreServed() throws Exception {
    try (KvRig rig = rig("optional", false);
        Jedis c = client(rig);
        RespWire clear = RespWire.to(rig.port())) {
      assertThat(c.ping()).isEqualTo("PONG");
      assertThat(clear.line("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void clientsMayHaveToShowACertificate() throws Exception {
    try (KvRig rig = rig("require", true);
        Jedis c = client(rig, ca.issue("client"))) {
      assertThat(c.ping()).isEqualTo("PONG");
      assertThatThrownBy(
              () -> {
                try (Jedis none = client(rig)) {
                  none.ping();
                }
              })
          .isInstanceOf(JedisConnectionException.class);
    }
  }
}

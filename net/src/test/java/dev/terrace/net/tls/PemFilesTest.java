package dev.terrace.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificate and key files as people have them. */
class PemFilesTest {

  private final TestCa ca = TestCa.create();
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void readsEachKindOfKey(String algorithm) throws IOException {
    TestCa.Issued.Pem files =
        ca.issue(algorithm, Duration.ofDays(1), "a.example", "*.a.example").write(folder, "a");
    ServerCertificate read = ServerCertificate.read(files.certificate(), files.key());
    assertThat(read.names()).containsExactly("a.example", "*.a.example");
    assertThat(read).hasToString("a.pem for a.example, *.a.example, until " + read.expires());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void readsTheOlderFormsOfKeys(String algorithm) throws IOException {
    TestCa.Issued issued = ca.issue(algorithm, Duration.ofDays(1), "a.example");
    TestCa.Issued.Pem files = issued.write(folder, "a");
    Files.writeString(files.key(), "a note\n" + pem(issued));
    assertThat(Files.readString(files.key())).contains("BEGIN " + algorithm + " PRIVATE KEY");
    assertThat(ServerCertificate.read(files.certificate(), files.key()).key().getAlgorithm())
        .isEqualTo(algorithm);
  }

  /** As openssl's genrsa and ecparam wrote them for many years. */
  private static String pem(TestCa.Issued issued) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(issued.key().getEncoded());
    byte[] bytes = info.parsePrivateKey().toASN1Primitive().getEncoded();
    if (issued.key() instanceof java.security.interfaces.ECPrivateKey key) {
      bytes =
          new ECPrivateKey(256, key.getS(), info.getPrivateKeyAlgorithm().getParameters())
              .getEncoded();
    }
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(issued.key().getAlgorithm() + " PRIVATE KEY", bytes));
    }
    return text.toString();
  }

  private static final String ENCRYPTED =
      """
      -----BEGIN RSA PRIVATE KEY-----
      Proc-Type: 4,ENCRYPTED
      DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

      AAECAwQFBgcICQoLDA0ODw==
      -----END RSA PRIVATE KEY-----
      """;

  @Test
  void readsAChainAndAKeyFromOneFile() throws IOException {
    TestCa.Issued.Pem files = ca.issue("a.example").write(folder, "a");
    Path all = folder.resolve("all.pem");
    Files.writeString(
        all,
        Files.readString(files.key())
            + Files.readString(files.certificate())
            + Files.readString(ca.write(folder.resolve("ca.pem"))));
    ServerCertificate read = ServerCertificate.read(all, all);
    assertThat(read.chain()).hasSize(2).last().isEqualTo(ca.certificate());
  }

  @Test
  void namesTheFileAndTheFault() throws IOException {
    TestCa.Issued.Pem files = ca.issue("a.example").write(folder, "a");
    Path missing = folder.resolve("missing.pem");
    refuses(missing, files.key(), "missing.pem: there is no such file");
    refuses(files.certificate(), missing, "missing.pem: there is no such file");
    refuses(files.key(), files.key(), "a.key: no certificate in it");
    refuses(files.certificate(), files.certificate(), "a.pem: no key in it");
    Path damaged = Files.writeString(folder.resolve("damaged"), "-----BEGIN CERTIFICATE-----\nMII");
    refuses(damaged, files.key(), "damaged: it is damaged");
    Path secret = Files.writeString(folder.resolve("secret.key"), ENCRYPTED);
    refuses(files.certificate(), secret, "secret.key: the key is encrypted");
  }

  private static void refuses(Path certificate, Path key, String why) {
    assertThatThrownBy(() -> ServerCertificate.read(certificate, key))
        .isInstanceOf(TlsFailure.class)
        .hasMessageContaining(why);
  }

  @Test
  void anyDamageIsAFailureThatDoesNotQuoteTheKey() throws IOException {
    TestCa.Issued.Pem files = ca.issue("a.example").write(folder, "a");
    byte[] key = Files.readAllBytes(files.key());
    String secret = Files.readString(files.key()).lines().toList().get(1).substring(0, 20);
    Seeded.rounds(
        7,
        300,
        random -> {
          Path damaged = Files.write(folder.resolve("damaged.key"), random.mutate(key));
          try {
            ServerCertificate.read(files.certificate(), damaged);
          } catch (TlsFailure e) {
            assertThat(e.getMessage()).doesNotContain(secret);
          }
        });
  }
}

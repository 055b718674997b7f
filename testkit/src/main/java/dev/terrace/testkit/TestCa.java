package dev.terrace.testkit;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of a test's own; its certificates are real, and nobody else trusts it.
 */
public final class TestCa {

  private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());

  private final X500Name name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestCa(String commonName) {
    name = new X500Name("CN=" + commonName);
    keys = newKeys("EC");
    certificate = sign(name, keys.getPublic(), Duration.ofDays(90), true);
  }

  /** A new one. */
  public static TestCa create() {
    return new TestCa("Terrace test CA");
  }

  /** What it has signed. */
  public record Issued(X509Certificate certificate, PrivateKey key) {

    /** The two PEM files of a certificate. */
    public record Pem(Path certificate, Path key) {}

    /** Writes {@code NAME.pem} and {@code NAME.key}, PKCS #8. */
    public Pem write(Path folder, String name) {
      Pem files = new Pem(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
      writePem(files.certificate(), certificate);
      writePem(files.key(), key);
      return files;
    }
  }

  /** A certificate for these DNS names or IP addresses. */
  public Issued issue(String... names) {
    return issue("EC", Duration.ofDays(90), names);
  }

  /**
   * A certificate for these names.
   *
   * @param algorithm of its key: EC, RSA or Ed25519
   * @param valid from now; negative for one that has expired
   */
  public Issued issue(String algorithm, Duration valid, String... names) {
    KeyPair own = newKeys(algorithm);
    X500Name subject = new X500Name("CN=" + names[0]);
    return new Issued(sign(subject, own.getPublic(), valid, false, names), own.getPrivate());
  }

  /** Its own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Writes its own certificate as a PEM file. */
  public Path write(Path file) {
    writePem(file, certificate);
    return file;
  }

  /** A client's TLS that trusts this CA alone, and shows these certificates if asked. */
  public SSLContext clientContext(Issued... shown) {
    return context(shown);
  }

  /** A server's TLS with this certificate, trusting clients of this CA. */
  public SSLContext serverContext(Issued own) {
    return context(own);
  }

  private SSLContext context(Issued... own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyStore mine = KeyStore.getInstance("PKCS12");
      mine.load(null, null);
      for (Issued one : own) {
        mine.setKeyEntry(
            "own" + mine.size(), one.key(), new char[0], new Certificate[] {one.certificate()});
      }
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(mine, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509Certificate sign(
      X500Name subject, PublicKey key, Duration valid, boolean ca, String... names) {
    Instant end = Instant.now().plus(valid);
    Instant start = end.minus(valid.abs()).minus(Duration.ofDays(1));
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(SERIAL.incrementAndGet()),
            Date.from(start),
            Date.from(end),
            subject,
            key);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      if (names.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(names).map(TestCa::alternative).toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralName alternative(String name) {
    boolean address = name.matches("[0-9.]+|.*:.*");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static KeyPair newKeys(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writePem(Path file, Object content) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      // Without this, RSA and EC keys would be written in their older forms.
      pem.writeObject(content instanceof PrivateKey key ? pkcs8(key) : content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object pkcs8(PrivateKey key) throws IOException {
    return new org.bouncycastle.util.io.pem.PemObject("PRIVATE KEY", key.getEncoded());
  }
}

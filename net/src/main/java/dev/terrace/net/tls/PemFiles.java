package dev.terrace.net.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys from PEM files (RFC 7468), whatever else those files hold. */
final class PemFiles {

  private static final int MAX_BYTES = 1 << 20;

  private PemFiles() {}

  /** All certificates of a file in its order, at least one. */
  static List<X509Certificate> certificates(Path file) throws TlsFailure {
    List<X509Certificate> found = new ArrayList<>();
    for (Object part : parts(file)) {
      if (part instanceof X509CertificateHolder holder) {
        found.add(certificate(file, holder));
      }
    }
    if (found.isEmpty()) {
      throw new TlsFailure(
          file, "no certificate in it: '-----BEGIN CERTIFICATE-----' was expected (PEM)");
    }
    return found;
  }

  private static X509Certificate certificate(Path file, X509CertificateHolder holder)
      throws TlsFailure {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsFailure(file, "a certificate in it cannot be read: " + e.getMessage(), e);
    }
  }

  /** The first private key of a file: PKCS #8, or the older forms of RSA and EC keys. */
  static PrivateKey key(Path file) throws TlsFailure {
    for (Object part : parts(file)) {
      PrivateKeyInfo key = keyOf(file, part);
      if (key != null) {
        return key(file, key);
      }
    }
    throw new TlsFailure(file, "no key in it: '-----BEGIN PRIVATE KEY-----' was expected (PEM)");
  }

  private static @Nullable PrivateKeyInfo keyOf(Path file, Object part) throws TlsFailure {
    return switch (part) {
      case PrivateKeyInfo key -> key;
      case PEMKeyPair pair -> pair.getPrivateKeyInfo();
      case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted(file);
      case PEMEncryptedKeyPair encrypted -> throw encrypted(file);
      default -> null;
    };
  }

  private static TlsFailure encrypted(Path file) {
    return new TlsFailure(
        file,
        "the key is encrypted, and nobody is there to be asked for its password."
            + " Decrypt it with: openssl pkey -in "
            + file.getFileName());
  }

  private static PrivateKey key(Path file, PrivateKeyInfo info) throws TlsFailure {
    try {
      // The JDK knows key factories by the algorithm's object identifier as well.
      return KeyFactory.getInstance(info.getPrivateKeyAlgorithm().getAlgorithm().getId())
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      // No message of the cause: it might quote the key.
      throw new TlsFailure(file, "the key cannot be read; RSA, EC and Ed25519 keys can");
    }
  }

  private static List<Object> parts(Path file) throws TlsFailure {
    List<Object> parts = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text(file)))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
      return parts;
    } catch (TlsFailure e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Not the parser's message: a damaged key must not come into the log.
      throw new TlsFailure(file, "it is damaged: not PEM (RFC 7468)");
    }
  }

  private static String text(Path file) throws TlsFailure {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TlsFailure(file, "larger than 1 MB: not a file of certificates or keys");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new TlsFailure(file, "there is no such file", e);
    } catch (TlsFailure e) {
      throw e;
    } catch (IOException e) {
      throw new TlsFailure(file, "it cannot be read: " + e.getMessage(), e);
    }
  }
}

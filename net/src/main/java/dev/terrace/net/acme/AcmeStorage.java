package dev.terrace.net.acme;

import dev.terrace.net.tls.ServerCertificate;
import dev.terrace.net.tls.TlsFailure;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.shredzone.acme4j.util.KeyPairUtils;

/**
 * The folder that account and certificate are kept in; only its user may read it. A certificate and
 * its key are one file, so that they change together.
 */
final class AcmeStorage {

  private static final FileAttribute<Set<PosixFilePermission>> OWN_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  static {
    // acme4j asks for Bouncy Castle by name. As the last provider it takes nothing from the others.
    if (Security.getProvider(BouncyCastleProvider.PROVIDER_NAME) == null) {
      Security.addProvider(new BouncyCastleProvider());
    }
  }

  private final Path folder;

  AcmeStorage(Path folder) {
    this.folder = folder;
  }

  private Path accountFile() {
    return folder.resolve("account.key");
  }

  private Path certificateFile() {
    return folder.resolve("certificate.pem");
  }

  /** The account's key; a new one at the first time. */
  KeyPair accountKey() throws IOException {
    if (Files.exists(accountFile())) {
      try (var reader = Files.newBufferedReader(accountFile())) {
        return KeyPairUtils.readKeyPair(reader);
      }
    }
    KeyPair fresh = KeyPairUtils.createECKeyPair("secp256r1");
    StringWriter text = new StringWriter();
    KeyPairUtils.writeKeyPair(fresh, text);
    write(accountFile(), text.toString());
    return fresh;
  }

  /** The certificate that was got last, if it is there and whole. */
  Optional<ServerCertificate> certificate() throws TlsFailure {
    return Files.exists(certificateFile())
        ? Optional.of(ServerCertificate.read(certificateFile(), certificateFile()))
        : Optional.empty();
  }

  /** Keeps a new certificate in place of the one before. */
  ServerCertificate keep(KeyPair key, List<X509Certificate> chain) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(key);
      for (X509Certificate certificate : chain) {
        pem.writeObject(certificate);
      }
    }
    write(certificateFile(), text.toString());
    return ServerCertificate.read(certificateFile(), certificateFile());
  }

  /** Whole or not at all. */
  private void write(Path file, String text) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder, OWN_FOLDER);
    }
    Path fresh = Files.createTempFile(folder, "new", ".tmp", OWN_FILE);
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}

package dev.terrace.net.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that session tickets are sealed with (RFC 8446, section 4.6.1; RFC 5077): a client
 * that comes back with one skips most of the handshake. The newest seals, the older ones still
 * open, so a ticket outlives one rotation. Each certificate has keys of its own, derived from these
 * secrets: a ticket of one host opens nothing at another.
 */
final class TicketKeys {

  private static final int KEPT = 3;
  private static final int SECRET_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private List<byte[]> secrets = List.of();

  TicketKeys() {
    rotate();
  }

  /** Begins a new secret and forgets the oldest. */
  synchronized void rotate() {
    byte[] fresh = new byte[SECRET_BYTES];
    random.nextBytes(fresh);
    List<byte[]> next = new ArrayList<>(List.of(fresh));
    next.addAll(secrets.subList(0, Math.min(secrets.size(), KEPT - 1)));
    secrets = List.copyOf(next);
  }

  /** Forgets all: what was agreed with clients no longer holds. */
  synchronized void forget() {
    secrets = List.of();
    rotate();
  }

  /** The keys of one certificate, the one to seal with first. */
  synchronized OpenSslSessionTicketKey[] of(ServerCertificate certificate) {
    return secrets.stream()
        .map(secret -> derive(secret, certificate))
        .toArray(OpenSslSessionTicketKey[]::new);
  }

  private static OpenSslSessionTicketKey derive(byte[] secret, ServerCertificate certificate) {
    try {
      Mac mac = Mac.getInstance("HmacSHA384"); // 48 bytes: just what name and two keys take
      mac.init(new SecretKeySpec(secret, "HmacSHA384"));
      byte[] bytes = mac.doFinal(certificate.chain().getFirst().getEncoded());
      int part = OpenSslSessionTicketKey.NAME_SIZE;
      return new OpenSslSessionTicketKey(
          java.util.Arrays.copyOfRange(bytes, 0, part),
          java.util.Arrays.copyOfRange(bytes, part, 2 * part),
          java.util.Arrays.copyOfRange(bytes, 2 * part, 3 * part));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA384", e);
    }
  }
}

package dev.terrace.sql.auth;

import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a password gives with one salt (RFC 5802 section 3). Deriving them is meant to be
 * slow; using them is fast.
 */
public final class ScramKeys {

  static final String MECHANISM = "SCRAM-SHA-256";

  /** The most rounds that a server may ask for: it would take a second or so. */
  static final int ITERATIONS_MAX = 1_000_000;

  static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

  static final int KEY_BYTES = 32;
  private static final int KEY_BITS = 256;

  private final byte @Nullable [] clientKey;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private ScramKeys(byte @Nullable [] clientKey, byte[] storedKey, byte[] serverKey) {
    this.clientKey = clientKey;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /** Derives the keys for a salt in base64; takes milliseconds, so not on an event loop. */
  public static ScramKeys derive(String password, String salt, int iterations) {
    try {
      PBEKeySpec spec =
          new PBEKeySpec(
              prepared(password), Base64.getDecoder().decode(salt), iterations, KEY_BITS);
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      spec.clearPassword();
      byte[] clientKey = hmac(salted, "Client Key");
      return new ScramKeys(clientKey, sha256(clientKey), hmac(salted, "Server Key"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks PBKDF2WithHmacSHA256", e);
    }
  }

  /** What a server keeps of a password: enough to check it, not to log in elsewhere by it. */
  static ScramKeys stored(byte[] storedKey, byte[] serverKey) {
    return new ScramKeys(null, storedKey, serverKey);
  }

  /** These keys with the client's own, which its proof has told. */
  ScramKeys knowing(byte[] proof, String authMessage) {
    return new ScramKeys(xor(proof, hmac(storedKey, authMessage)), storedKey, serverKey);
  }

  /** As PostgreSQL does: SASLprep where the password allows it, else the password as it is. */
  private static char[] prepared(String password) {
    try {
      return StringPreparation.POSTGRESQL_PREPARATION.normalize(password.toCharArray());
    } catch (IllegalArgumentException e) {
      return password.toCharArray();
    }
  }

  /** What the client sends to prove that it knows the password. */
  String clientProof(String authMessage) {
    byte[] own = clientKey;
    if (own == null) {
      throw new IllegalStateException("a stored password alone proves nothing");
    }
    byte[] proof = xor(own, hmac(storedKey, authMessage));
    return Base64.getEncoder().encodeToString(proof);
  }

  /** Whether a client's proof is right; takes the same time for every wrong one. */
  boolean proves(byte[] proof, String authMessage) {
    if (proof.length != storedKey.length) {
      return false;
    }
    byte[] candidate = xor(proof, hmac(storedKey, authMessage));
    return MessageDigest.isEqual(sha256(candidate), storedKey);
  }

  /** What the server sends to prove that it knows the password too. */
  String serverSignature(String authMessage) {
    return Base64.getEncoder().encodeToString(hmac(serverKey, authMessage));
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] c = a.clone();
    for (int i = 0; i < c.length; i++) {
      c[i] ^= b[i];
    }
    return c;
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }
}

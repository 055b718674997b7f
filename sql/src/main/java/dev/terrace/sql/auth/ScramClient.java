package dev.terrace.sql.auth;

import dev.terrace.sql.wire.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The client's side of one SCRAM-SHA-256 exchange. */
public final class ScramClient {

  /** The mechanism's name. */
  public static final String MECHANISM = ScramKeys.MECHANISM;

  /** The name of the mechanism that is bound to the connection's TLS. */
  public static final String MECHANISM_PLUS = ScramKeys.MECHANISM_PLUS;

  /**
   * What the server says about how to derive the keys.
   *
   * @param salt in base64
   */
  public record Challenge(String salt, int iterations) {}

  private static final String NO_CHANNEL_BINDING = "n,,";
  private static final String NONE_OFFERED = "y,,";

  private final String header;
  private final byte[] binding;
  private final String nonce = ScramMessage.nonce();
  private @Nullable String serverFirst;
  private @Nullable String expectedSignature;

  /** An exchange without channel binding, over a connection without TLS. */
  public ScramClient() {
    this(NO_CHANNEL_BINDING, new byte[0]);
  }

  private ScramClient(String header, byte[] binding) {
    this.header = header;
    this.binding = binding;
  }

  /**
   * An exchange over TLS.
   *
   * @param binding empty if the server does not offer the mechanism for it: it is told that we
   *     would have taken it, so that nobody in between can have taken it out
   */
  public static ScramClient overTls(Optional<ChannelBinding> binding) {
    return binding
        .map(bound -> new ScramClient(ChannelBinding.PREFIX + ",", bound.data()))
        .orElseGet(() -> new ScramClient(NONE_OFFERED, new byte[0]));
  }

  /** The mechanism to choose. */
  public String mechanism() {
    return binding.length > 0 ? MECHANISM_PLUS : MECHANISM;
  }

  /** The client-first message; PostgreSQL takes the user from the start-up packet. */
  public String first() {
    return header + firstBare();
  }

  private String firstBare() {
    return "n=,r=" + nonce;
  }

  /**
   * Reads the server-first message.
   *
   * @throws ProtocolViolation if it is not one that answers {@link #first}
   */
  public Challenge challenge(String message) throws ProtocolViolation {
    String combined = ScramMessage.attribute(message, 'r');
    String salt = ScramMessage.attribute(message, 's');
    int iterations = iterations(ScramMessage.attribute(message, 'i'));
    if (combined == null
        || !combined.startsWith(nonce)
        || combined.length() == nonce.length()
        || salt == null
        || ScramMessage.bytes(salt) == null
        || iterations < 1) {
      throw new ProtocolViolation("the server sent an invalid SCRAM challenge");
    }
    serverFirst = message;
    return new Challenge(salt, iterations);
  }

  private static int iterations(@Nullable String text) {
    try {
      int iterations = text == null ? 0 : Integer.parseInt(text);
      return iterations <= ScramKeys.ITERATIONS_MAX ? iterations : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The client-final message, by keys made for the {@link #challenge}. */
  public String last(ScramKeys keys) {
    String challenge = serverFirst;
    if (challenge == null) {
      throw new IllegalStateException("there was no challenge yet");
    }
    String bound = ScramMessage.bound(header, binding);
    String withoutProof = "c=" + bound + ",r=" + ScramMessage.attribute(challenge, 'r');
    String authMessage = firstBare() + "," + challenge + "," + withoutProof;
    expectedSignature = keys.serverSignature(authMessage);
    return withoutProof + ",p=" + keys.clientProof(authMessage);
  }

  /** Whether the server-final message proves that the server knows the password. */
  public boolean verifies(String message) {
    String signature = ScramMessage.attribute(message, 'v');
    String expected = expectedSignature;
    return signature != null
        && expected != null
        && MessageDigest.isEqual(
            signature.getBytes(StandardCharsets.US_ASCII),
            expected.getBytes(StandardCharsets.US_ASCII));
  }
}

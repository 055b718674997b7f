package dev.terrace.sql.auth;

import dev.terrace.sql.wire.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server's side of one SCRAM-SHA-256 exchange, without channel binding. */
public final class ScramServer {

  /** The mechanism's name. */
  public static final String MECHANISM = ScramKeys.MECHANISM;

  private final Verifier verifier;
  private final String nonce = ScramMessage.nonce();
  private @Nullable String gs2Header;
  private @Nullable String clientFirstBare;
  private @Nullable String serverFirst;

  /** An exchange with a client that says it is that user. */
  public ScramServer(Verifier verifier) {
    this.verifier = verifier;
  }

  /**
   * Answers the client-first message with the server-first message.
   *
   * @throws ProtocolViolation if it is none, or asks for channel binding
   */
  public String first(String clientFirst) throws ProtocolViolation {
    int bare = bareStart(clientFirst);
    boolean plain = clientFirst.startsWith("n,") || clientFirst.startsWith("y,");
    if (!plain || bare < 0) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    String message = clientFirst.substring(bare);
    String clientNonce = ScramMessage.attribute(message, 'r');
    if (clientNonce == null || clientNonce.isEmpty() || message.startsWith("m=")) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    gs2Header = clientFirst.substring(0, bare);
    clientFirstBare = message;
    String answer =
        "r=" + clientNonce + nonce + ",s=" + verifier.salt() + ",i=" + verifier.iterations();
    serverFirst = answer;
    return answer;
  }

  /** The header {@code n,a=authzid,} ends at the second comma. */
  private static int bareStart(String clientFirst) {
    int comma = clientFirst.indexOf(',');
    int second = comma < 0 ? -1 : clientFirst.indexOf(',', comma + 1);
    return second < 0 ? -1 : second + 1;
  }

  /**
   * Answers the client-final message with the server-final message, or nothing if the password was
   * wrong.
   *
   * @throws ProtocolViolation if it is not the one that must follow
   */
  public Optional<String> last(String clientFinal) throws ProtocolViolation {
    String challenge = serverFirst;
    String header = gs2Header;
    int proofAt = clientFinal.lastIndexOf(",p=");
    if (challenge == null || header == null || proofAt < 0) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    byte[] binding = ScramMessage.bytes(ScramMessage.attribute(clientFinal, 'c'));
    String combined = ScramMessage.attribute(clientFinal, 'r');
    byte[] proof = ScramMessage.bytes(clientFinal.substring(proofAt + 3));
    boolean sameHeader =
        binding != null && header.equals(new String(binding, StandardCharsets.UTF_8));
    if (!sameHeader
        || proof == null
        || combined == null
        || !combined.equals(ScramMessage.attribute(challenge, 'r'))) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    String authMessage =
        clientFirstBare + "," + challenge + "," + clientFinal.substring(0, proofAt);
    boolean proven = verifier.keys().proves(proof, authMessage);
    return proven && verifier.real()
        ? Optional.of("v=" + verifier.keys().serverSignature(authMessage))
        : Optional.empty();
  }
}

package dev.terrace.sql.auth;

import dev.terrace.sql.wire.ProtocolViolation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server's side of one SCRAM-SHA-256 exchange. */
public final class ScramServer {

  /** The mechanism's name. */
  public static final String MECHANISM = ScramKeys.MECHANISM;

  /** The name of the mechanism that is bound to the connection's TLS. */
  public static final String MECHANISM_PLUS = ScramKeys.MECHANISM_PLUS;

  private final Verifier verifier;
  private final Optional<ChannelBinding> binding;
  private final String nonce = ScramMessage.nonce();
  private @Nullable String gs2Header;
  private @Nullable String clientFirstBare;
  private @Nullable String serverFirst;
  private @Nullable ScramKeys proven;
  private boolean bound;

  /**
   * An exchange with a client.
   *
   * @param binding what the mechanism for it binds to, if that is offered
   */
  public ScramServer(Verifier verifier, Optional<ChannelBinding> binding) {
    this.verifier = verifier;
    this.binding = binding;
  }

  /** What a client may choose from, the preferred first. */
  public List<String> mechanisms() {
    return binding.isPresent() ? List.of(MECHANISM_PLUS, MECHANISM) : List.of(MECHANISM);
  }

  /**
   * Takes the mechanism that the client has chosen.
   *
   * @throws ProtocolViolation if it was not offered
   */
  public void choose(String mechanism) throws ProtocolViolation {
    if (!mechanisms().contains(mechanism)) {
      throw new ProtocolViolation("client selected an invalid SASL authentication mechanism");
    }
    bound = mechanism.equals(MECHANISM_PLUS);
  }

  /**
   * Answers the client-first message with the server-first message.
   *
   * @throws ProtocolViolation if it is none, or is not bound as the mechanism says
   */
  public String first(String clientFirst) throws ProtocolViolation {
    int bare = bareStart(clientFirst);
    if (bare < 0) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    checkBinding(clientFirst);
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

  private void checkBinding(String clientFirst) throws ProtocolViolation {
    boolean asked = clientFirst.startsWith(ChannelBinding.PREFIX);
    boolean without = clientFirst.startsWith("n,") || clientFirst.startsWith("y,");
    if (bound ? !asked : !without) {
      throw new ProtocolViolation("malformed SCRAM message: it is not bound as its mechanism says");
    }
    if (clientFirst.startsWith("y,") && binding.isPresent()) {
      // Somebody in between has taken it out of what was offered.
      throw new ProtocolViolation("SCRAM channel binding negotiation error");
    }
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
    String combined = ScramMessage.attribute(clientFinal, 'r');
    byte[] proof = ScramMessage.bytes(clientFinal.substring(proofAt + 3));
    byte[] data = bound ? binding.orElseThrow().data() : new byte[0];
    boolean sameBinding =
        ScramMessage.bound(header, data).equals(ScramMessage.attribute(clientFinal, 'c'));
    if (!sameBinding
        || proof == null
        || combined == null
        || !combined.equals(ScramMessage.attribute(challenge, 'r'))) {
      throw new ProtocolViolation("malformed SCRAM message");
    }
    String authMessage =
        clientFirstBare + "," + challenge + "," + clientFinal.substring(0, proofAt);
    if (!verifier.keys().proves(proof, authMessage) || !verifier.real()) {
      return Optional.empty();
    }
    proven = verifier.keys().knowing(proof, authMessage);
    return Optional.of("v=" + verifier.keys().serverSignature(authMessage));
  }

  /**
   * What the client's proof has told: a server with the same verifier can be logged in to with it.
   */
  public Optional<ServerPassword> proven() {
    return Optional.ofNullable(proven)
        .map(keys -> ServerPassword.ofKeys(verifier.salt(), verifier.iterations(), keys));
  }
}

package dev.terrace.sql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.config.Secret;
import dev.terrace.config.SqlConfig.AuthMethod;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.sql.auth.ScramClient.Challenge;
import dev.terrace.sql.wire.ProtocolViolation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both sides of SCRAM against each other; against PostgreSQL's they run in every other test. */
final class ScramTest {

  private static final Users USERS =
      Users.of(
          Map.of(
              "ann",
              new UserConfig(
                  Optional.of(new Secret("pencil ünïcode")),
                  AuthMethod.SCRAM_SHA_256,
                  List.of(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty())),
          Optional.empty(),
          Optional.empty());

  private static ScramServer check(String user) {
    Proof proof = USERS.find(user).orElseGet(() -> USERS.unknown(user));
    return new ScramServer(((Proof.Scram) proof).verifier(), Optional.empty());
  }

  private static Optional<String> exchange(String user, String password) throws Exception {
    ScramServer server = check(user);
    ScramClient client = new ScramClient();
    Challenge challenge = client.challenge(server.first(client.first()));
    ScramKeys keys = ScramKeys.derive(password, challenge.salt(), challenge.iterations());
    Optional<String> last = server.last(client.last(keys));
    last.ifPresent(message -> assertThat(client.verifies(message)).isTrue());
    return last;
  }

  @Test
  void theRightPasswordIsProvenOnBothSides() throws Exception {
    assertThat(exchange("ann", "pencil ünïcode")).isPresent();
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    assertThat(exchange("ann", "pencil")).isEmpty();
  }

  @Test
  void anUnknownUserGoesThroughTheSameMotions() throws Exception {
    assertThat(exchange("bob", "pencil ünïcode")).isEmpty();
    String first = new ScramClient().first();
    String saltOnce = ScramMessage.attribute(check("bob").first(first), 's');
    String saltAgain = ScramMessage.attribute(check("bob").first(first), 's');
    assertThat(saltOnce).isEqualTo(saltAgain).isNotNull();
  }

  @Test
  void aServerThatDoesNotKnowThePasswordIsNotBelieved() throws Exception {
    ScramServer server = check("ann");
    ScramClient client = new ScramClient();
    Challenge challenge = client.challenge(server.first(client.first()));
    client.last(ScramKeys.derive("other", challenge.salt(), challenge.iterations()));
    assertThat(client.verifies("v=AAAA")).isFalse();
    assertThat(client.verifies("e=other-error")).isFalse();
  }

  @Test
  void aChallengeThatIsNotAnAnswerIsRefused() {
    ScramClient client = new ScramClient();
    client.first();
    for (String bad :
        new String[] {"", "r=abc,s=AAAA,i=4096", "x", "r=,s=,i=", "r=a,s=!!,i=99999999999"}) {
      assertThatThrownBy(() -> client.challenge(bad)).isInstanceOf(ProtocolViolation.class);
    }
  }

  @Test
  void mangledMessagesAreRefused() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 5_000; round++) {
      ScramServer server = check("ann");
      String first = mangle(random, new ScramClient().first());
      try {
        server.first(first);
        assertThat(server.last(mangle(random, "c=biws,r=abc,p=AAAA"))).isEmpty();
      } catch (ProtocolViolation e) {
        assertThat(e.reason()).contains("SCRAM");
      }
    }
  }

  private static String mangle(Random random, String text) {
    StringBuilder mangled = new StringBuilder(text);
    for (int i = random.nextInt(3); i > 0 && !mangled.isEmpty(); i--) {
      int at = random.nextInt(mangled.length());
      if (random.nextBoolean()) {
        mangled.deleteCharAt(at);
      } else {
        mangled.setCharAt(at, (char) random.nextInt(1, 128));
      }
    }
    return mangled.toString();
  }
}

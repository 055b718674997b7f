package dev.terrace.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoliciesTest {

  @Test
  void everyNameIsReadAndIsThePolicysOwn() {
    assertThat(Policies.parse("round-robin")).isEqualTo(new RoundRobin());
    assertThat(Policies.parse("least-connections")).isEqualTo(new LeastConnections());
    assertThat(Policies.parse("random")).isEqualTo(new RandomChoice());
    assertThat(Policies.parse("power-of-two")).isEqualTo(new PowerOfTwoChoices());
    assertThat(Policies.parse("ip-hash").hashInput()).isEqualTo(new HashInput.ClientAddress());
    assertThat(Policies.parse("hash(path)").hashInput()).isEqualTo(new HashInput.Path());
    assertThat(Policies.parse("hash(header:X-User)").hashInput())
        .isEqualTo(new HashInput.Header("X-User"));
    assertThat(Policies.parse("hash(cookie:id)").hashInput()).isEqualTo(new HashInput.Cookie("id"));
    assertThat(Policies.parse("random").hashInput()).isEqualTo(new HashInput.None());
    for (String name :
        new String[] {"hash(header:X-User)", "hash(cookie:id)", "hash(query:q)", "hash(path)"}) {
      assertThat(Policies.parse(name).name()).isEqualTo(name);
    }
    assertThat(new ConsistentHash(new HashInput.None(), 2).name()).isEqualTo("hash");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "roundrobin",
        "Round-Robin",
        "hash",
        "hash()",
        "hash(header)",
        "hash(header:)",
        "hash(path:x)",
        "hash(body:x)",
        "hash(client-ip)",
        "hash(client-ip:x)",
        "hash(header:a b)",
        "hash(cookie:a)) ",
        "ip-hash "
      })
  void anythingElseIsRefusedWithTheKnownNames(String text) {
    assertThatThrownBy(() -> Policies.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining(
            "ip-hash, least-connections, peak-ewma, power-of-two, random, round-robin")
        .hasMessageContaining("hash(header:NAME)");
  }
}

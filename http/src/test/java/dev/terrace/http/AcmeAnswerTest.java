package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.net.acme.AcmeChallenges;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Proofs for authorities go before all routes, and only they do. */
class AcmeAnswerTest {

  @Test
  void proofsGoBeforeRoutes() throws IOException {
    AcmeChallenges challenges = new AcmeChallenges();
    try (Backend backend = Backend.saying("a member");
        Proxy proxy = Proxy.to(backend)) {
      proxy.front.answer(challenges);
      assertThat(proxy.get(AcmeChallenges.PATH + "token").text()).isEqualTo("a member");
      challenges.put("token", "token.thumbprint");
      HttpConnection.Message proof = proxy.get(AcmeChallenges.PATH + "token");
      assertThat(proof.status()).isEqualTo(200);
      assertThat(proof.text()).isEqualTo("token.thumbprint");
      assertThat(proxy.get(AcmeChallenges.PATH + "other").text()).isEqualTo("a member");
      assertThat(proxy.get("/token").text()).isEqualTo("a member");
      challenges.remove("token");
      assertThat(proxy.get(AcmeChallenges.PATH + "token").text()).isEqualTo("a member");
    }
  }
}

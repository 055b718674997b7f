package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the work itself says of members, and how much of it may be repeated. */
class PassiveHealthTest {

  private static String file(String passive, Backend... members) {
    return Proxy.file("", "passive-health: {" + passive + "}, ", members);
  }

  private static Backend failing() throws IOException {
    return Backend.answering(
        request -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nbad");
  }

  @Test
  void aMemberThatFailsItsWorkIsLeftOutForAWhile() throws Exception {
    try (Backend bad = failing();
        Backend good = Backend.saying("good");
        Proxy proxy = Proxy.of(file("failures: 3, eject-for: 800ms", bad, good));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        client.get("/");
      }
      PoolMember out = proxy.members().getFirst();
      assertThat(out.state()).isEqualTo(MemberState.EJECTED);
      assertThat(out.reason()).contains("HTTP 503");
      assertThat(proxy.counter(Metric.POOL_EJECTIONS, "app")).isEqualTo(1);
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/").text()).isEqualTo("good");
      }
      assertThat(bad.requests).hasValue(3);
      Await.until("it is back", () -> proxy.members().getFirst().state() != MemberState.EJECTED);
      for (int i = 0; i < 4; i++) {
        client.get("/");
      }
      assertThat(bad.requests.get()).isGreaterThan(3);
    }
  }

  @Test
  void noConnectionAndNoAnswerAreFailuresTooButAnIdleConnectionThatClosesIsNot() throws Exception {
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend once =
            Backend.start(connection -> {
              connection.read();
              connection.send(Backend.ok("once"));
              connection.in.read();
            });
        Proxy proxy = Proxy.of(file("failures: 2, eject-for: 60s", dead, once));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 30; i++) {
        assertThat(client.get("/").text()).isEqualTo("once");
      }
      assertThat(proxy.members().getFirst().reason()).contains("UNREACHABLE");
      assertThat(proxy.members().get(1).state()).isEqualTo(MemberState.UP);
      assertThat(proxy.members().getFirst().load().failed()).isEqualTo(2);
      // A file that does not ask for it puts all back.
      proxy.configure(Proxy.file("", "", dead, once));
      assertThat(proxy.members().getFirst().state()).isEqualTo(MemberState.UP);
    }
  }

  @Test
  void attemptsBeyondTheBudgetAreNotMade() throws IOException {
    String none = "retry-budget: {share: 0%, min-per-second: 0}, ";
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend one = Backend.start(HttpConnection::read);
        Backend two = Backend.start(HttpConnection::read);
        Backend good = Backend.saying("good");
        Proxy lost = Proxy.of(Proxy.file("", none, one, two));
        Proxy refused = Proxy.of(Proxy.file("", none, dead, good))) {
      assertThat(lost.get("/").header("x-terrace-reason")).isEqualTo("CONNECTION_LOST");
      assertThat(one.connections.get() + two.connections.get()).isEqualTo(1);
      assertThat(lost.counter(Metric.HTTP_RETRIES_REFUSED, "app")).isEqualTo(1);
      // Nobody has worked for what never reached a member.
      for (int i = 0; i < 4; i++) {
        assertThat(refused.get("/").text()).isEqualTo("good");
      }
      assertThat(refused.counter(Metric.HTTP_RETRIES_REFUSED, "app")).isZero();
    }
  }

  @Test
  void hedgingIsPaidOutOfTheBudget() throws IOException {
    Backend.Answer late =
        request -> {
          Backend.pause(150); // longer than the first member has
          return Backend.ok("late");
        };
    String none = "retry-budget: {share: 0%, min-per-second: 0}, ";
    try (Backend one = Backend.answering(late);
        Backend two = Backend.answering(late);
        Proxy proxy =
            Proxy.of(
                Proxy.file("", none, one, two)
                    .replace("pool: app}", "pool: app, hedge: {after: 50ms}}"))) {
      assertThat(proxy.get("/").text()).isEqualTo("late");
      assertThat(one.requests.get() + two.requests.get()).isEqualTo(1);
      assertThat(proxy.counter(Metric.HTTP_RETRIES_REFUSED, "app")).isEqualTo(1);
    }
  }

  @Test
  void whatMembersSayAndHowFastTheyAreIsNoted() throws IOException {
    try (Backend backend =
            Backend.answering(
                request -> "HTTP/1.1 200 OK\r\nX-Load: 0.7\r\nContent-Length: 0\r\n\r\n");
        Proxy proxy =
            Proxy.of(Proxy.file("", "balance: peak-ewma, load-header: x-load, ", backend))) {
      assertThat(proxy.get("/").status()).isEqualTo(200);
      assertThat(proxy.members().getFirst().load().reported(0)).isBetween(0.69, 0.71);
      assertThat(proxy.members().getFirst().load().latency(0)).isPositive();
    }
  }
}

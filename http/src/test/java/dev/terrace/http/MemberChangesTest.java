package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.PoolSpecs;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Members that come and go while the front serves. */
class MemberChangesTest {

  private static Memberships memberships(Proxy proxy, Backend... members) {
    Memberships memberships = new Memberships(proxy.pools);
    memberships.configure(PoolSpecs.of(Proxy.parse(Proxy.file("", "", members))));
    memberships.follow(proxy.front::membersChanged);
    return memberships;
  }

  private static boolean hasGauge(Proxy proxy, String member) {
    return proxy.signals.samples().stream()
        .filter(s -> s.series().metric() == Metric.BACKEND_CONNECTIONS)
        .anyMatch(s -> s.series().labelValues().contains(member));
  }

  private static int open(Proxy proxy, String member) {
    return (int)
        proxy.signals.samples().stream()
            .filter(s -> s.series().metric() == Metric.BACKEND_CONNECTIONS)
            .filter(s -> s.series().labelValues().contains(member))
            .mapToDouble(s -> ((dev.terrace.core.signal.Signals.Sample.Value) s).value())
            .sum();
  }

  @Test
  void aMemberThatIsAddedServesAndOneThatLeavesDoesNot() throws IOException {
    try (Backend first = Backend.saying("first");
        Backend second = Backend.saying("second");
        Proxy proxy = Proxy.to(first)) {
      Memberships memberships = memberships(proxy, first);
      assertThat(proxy.get("/").text()).isEqualTo("first");
      memberships.add("app", Member.of(second.address()));
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 8; i++) {
        seen.add(proxy.get("/").text());
      }
      assertThat(seen).containsExactlyInAnyOrder("first", "second");
      assertThat(hasGauge(proxy, second.address())).isTrue();
      memberships.remove("app", first.address());
      for (int i = 0; i < 8; i++) {
        assertThat(proxy.get("/").text()).isEqualTo("second");
      }
      assertThat(hasGauge(proxy, first.address())).isFalse();
    }
  }

  @Test
  void aRequestInHandIsFinishedAndItsConnectionThenClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Backend leaving =
            Backend.start(connection -> {
              connection.read();
              asked.countDown();
              await(go);
              connection.send(Backend.ok("finished"));
              if (connection.closes()) {
                closed.countDown();
              }
            });
        Backend staying = Backend.saying("staying");
        Proxy proxy = Proxy.to(leaving);
        HttpConnection client = proxy.connect()) {
      Memberships memberships = memberships(proxy, leaving);
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      await(asked);
      memberships.add("app", Member.of(staying.address()));
      memberships.remove("app", leaving.address());
      assertThat(proxy.get("/").text()).isEqualTo("staying");
      go.countDown();
      assertThat(client.read().text()).isEqualTo("finished");
      await(closed);
      assertThat(client.get("/").text()).isEqualTo("staying");
    }
  }

  @Test
  void aCutEndsWhatIsInHandAndNothingElse() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Backend hanging =
            Backend.start(connection -> {
              connection.read();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
              asked.countDown();
              connection.closes();
            });
        Backend staying = Backend.saying("staying");
        Proxy proxy = Proxy.to(hanging);
        HttpConnection client = proxy.connect()) {
      Memberships memberships = memberships(proxy, hanging);
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      await(asked);
      memberships.add("app", Member.of(staying.address()));
      proxy.front.cut("app", staying.address());
      assertThat(open(proxy, hanging.address())).isEqualTo(1);
      proxy.front.cut("none", hanging.address());
      proxy.front.cut("app", hanging.address());
      client.head();
      assertThat(client.in.readAllBytes()).asString().isEqualTo("half");
      Await.until("it is closed", () -> open(proxy, hanging.address()) == 0);
      proxy.awaitBalanced();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
        throw new IOException("it does not come");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A second member that is asked when the first is slow. */
class HedgeTest {

  private static String file(Backend... members) {
    return Proxy.file("", "", members).replace("pool: app}", "pool: app, hedge: {after: 60ms}}");
  }

  @Test
  void theFirstAnswerWinsAndTheOtherIsAbandoned() throws IOException {
    AtomicInteger cut = new AtomicInteger();
    try (Backend slow =
            Backend.start(connection -> {
              connection.read();
              if (connection.closes()) {
                cut.incrementAndGet();
              }
            });
        Backend quick = Backend.saying("quick");
        Proxy proxy = Proxy.of(file(slow, quick));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(client.get("/").text()).isEqualTo("quick");
      }
      Await.until("nobody waits for the slow one", () -> cut.get() == slow.connections.get());
      assertThat(proxy.counter(Metric.HTTP_HEDGES, "app")).isEqualTo(cut.get()).isPositive();
      proxy.awaitBalanced();
    }
  }

  @Test
  void aFailureLeavesTheOtherUnderWay() throws IOException {
    try (Backend fails =
            Backend.start(connection -> {
              connection.read();
              Backend.pause(150);
            });
        Backend slow =
            Backend.answering(request -> {
              Backend.pause(300);
              return Backend.ok("late");
            });
        Proxy proxy = Proxy.of(file(fails, slow));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/").text()).isEqualTo("late");
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void whatMustNotBeDoneTwiceIsNot() throws IOException {
    Backend.Answer late =
        request -> {
          Backend.pause(150);
          return Backend.ok("one");
        };
    try (Backend one = Backend.answering(late);
        Backend two = Backend.answering(late);
        Proxy proxy = Proxy.of(file(one, two));
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("one");
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
      assertThat(client.read().text()).isEqualTo("one");
      assertThat(one.requests.get() + two.requests.get()).isEqualTo(2);
      assertThat(proxy.counter(Metric.HTTP_HEDGES, "app")).isZero();
    }
  }
}

package dev.terrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Clients that come while an event loop is busy. */
class BacklogTest {

  private static final int PATIENCE_MILLIS = 500;

  private final Signals signals = new Signals();

  @Test
  void theKernelLetsAsManyWaitAsTheBacklogSays() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    List<Socket> connected = new ArrayList<>();
    try (EventLoops loops = EventLoops.start(Transport.NIO, 1, 2);
        Listeners listeners = new Listeners(loops, "test", signals, client -> {});
        Latch free = new Latch()) {
      listeners.configure(List.of(Address.parse("127.0.0.1:0")), 100, Duration.ofSeconds(1));
      Address address = listeners.addresses().getFirst();
      double dropped = dropped();
      loops
          .all()
          .getFirst()
          .execute(() -> {
            busy.countDown();
            free.await();
          });
      busy.await();
      while (connected.size() < 20 && connects(address, connected)) {
        // one more waits
      }
      // Linux lets one more wait than it is told.
      assertThat(connected).hasSize(3);
      assertThat(dropped()).isGreaterThan(dropped);
      free.release();
      Counter accepted = signals.counter(Metric.CONNECTIONS_ACCEPTED, "test");
      Await.until("those that wait are accepted", () -> accepted.value() >= 3);
    } finally {
      for (Socket socket : connected) {
        socket.close();
      }
    }
  }

  /** Holds the loop up, and lets it go before it is to end. */
  private static final class Latch implements AutoCloseable {
    private final CountDownLatch latch = new CountDownLatch(1);

    void await() {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void release() {
      latch.countDown();
    }

    @Override
    public void close() {
      release();
    }
  }

  private static boolean connects(Address address, List<Socket> connected) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address.host(), address.port()), PATIENCE_MILLIS);
      connected.add(socket);
      return true;
    } catch (SocketTimeoutException e) {
      socket.close();
      return false;
    }
  }

  private double dropped() {
    return signals.samples().stream()
        .filter(sample -> sample.series().metric() == Metric.LISTEN_OVERFLOWS)
        .mapToDouble(sample -> ((Signals.Sample.Value) sample).value())
        .findFirst()
        .orElseThrow();
  }
}

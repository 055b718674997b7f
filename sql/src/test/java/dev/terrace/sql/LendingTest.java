package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Event loops that share a server's connections, while clients of each wait for more of them. */
final class LendingTest {

  private static final String PID = "/* terrace: shard=0 */ select pg_backend_pid()";
  private static final int CLIENTS = 24;
  private static final int STATEMENTS = 125;

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 3", "2, 4", "2, 5", "3, 4", "3, 2"})
  void connectionsAreNotPassedBackAndForth(int loops, int connections) throws Exception {
    long began = System.nanoTime();
    Set<String> processes = new ConcurrentSkipListSet<>();
    try (TestFront front =
            TestFront.over(
                TestFront.sharedCluster(),
                "max-server-connections: " + connections + ", acquire-timeout: 5s",
                "{from: primary}",
                loops);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(() -> {
              try (Connection connection = front.connect()) {
                for (int statement = 0; statement < STATEMENTS; statement++) {
                  processes.add(ask(connection, PID));
                }
              }
              return null;
            }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    // A loop that has none must get one now and then.
    long tenths = Duration.ofNanos(System.nanoTime() - began).toMillis() / 100;
    long turns = connections < loops ? connections * tenths : 0;
    assertThat((long) processes.size()).isLessThan(CLIENTS * STATEMENTS / 20 + turns);
  }
}

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Event loops that share a server's connections, while clients of each wait for more of them. */
final class LendingTest {

  private static final String PID = "/* terrace: shard=0 */ select pg_backend_pid()";
  private static final int STATEMENTS = 3000;

  @ParameterizedTest
  @CsvSource({"2, 1, 24", "2, 3, 24", "2, 3, 8", "2, 4, 24", "2, 5, 12", "3, 4, 8", "3, 2, 24"})
  void connectionsAreNotPassedBackAndForth(int loops, int connections, int count) throws Exception {
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
      for (int i = 0; i < count; i++) {
        clients.add(
            threads.submit(() -> {
              try (Connection connection = front.connect()) {
                for (int statement = 0; statement < STATEMENTS / count; statement++) {
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
    assertThat((long) processes.size()).isLessThan(STATEMENTS / 50 + turns);
  }

  @Test
  void whoeverIsStuckGetsWhatAnotherLoopDoesNotUse() throws Exception {
    List<Connection> clients = new ArrayList<>();
    try (TestFront front =
        TestFront.over(
            TestFront.sharedCluster(),
            "max-server-connections: 3, acquire-timeout: 3s",
            "{from: primary}",
            2)) {
      for (int i = 0; i < 8; i++) {
        clients.add(front.connect());
        clients.get(i).setAutoCommit(false);
      }
      // Two of one loop, after two of the other have used all that there may be.
      for (Connection first : clients) {
        for (Connection second : clients) {
          ask(first, PID);
          ask(second, PID);
          first.commit();
          second.commit();
        }
      }
      for (Connection client : clients) {
        client.close();
      }
    }
  }
}

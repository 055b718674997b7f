package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.run;

import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Writers that each insert one row after the other, and readers, until they are stopped. */
final class Load {
  final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  final List<String> failures = new CopyOnWriteArrayList<>();
  final List<String> readFailures = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong(1_000);
  private final AtomicBoolean stop = new AtomicBoolean();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();

  Load(ReplicatedShop shop) {
    for (int i = 0; i < 8; i++) {
      String options = i % 2 == 0 ? "prepareThreshold=1" : "preferQueryMode=simple";
      running.add(clients.submit(() -> write(shop, options)));
      running.add(clients.submit(() -> read(shop, options)));
    }
  }

  private Void write(ReplicatedShop shop, String options) throws SQLException {
    try (Connection connection = shop.connect(options)) {
      while (!stop.get()) {
        long id = ids.incrementAndGet();
        try {
          run(connection, "insert into rows values (" + id + ", 'load')");
          acknowledged.add(id);
        } catch (SQLException e) {
          failures.add(e.getSQLState());
        }
      }
    }
    return null;
  }

  private Void read(ReplicatedShop shop, String options) throws SQLException {
    try (Connection connection = shop.connect(options)) {
      while (!stop.get()) {
        try {
          ask(connection, "select body from rows where id = 3");
        } catch (SQLException e) {
          readFailures.add(e.getSQLState() + " " + e.getMessage());
        }
      }
    }
    return null;
  }

  void await(int writes) {
    Await.until("writes run", ReplicatedShop.PATIENCE, () -> acknowledged.size() > writes);
  }

  void stop() throws Exception {
    stop.set(true);
    for (Future<?> one : running) {
      one.get();
    }
    clients.close();
  }

  Set<Long> kept(PostgresServer server) throws SQLException {
    Set<Long> kept = new ConcurrentSkipListSet<>();
    String ids = askServer(server, "select string_agg(id::text, ',') from rows");
    for (String id : ids.split(",", -1)) {
      kept.add(Long.parseLong(id));
    }
    return kept;
  }
}

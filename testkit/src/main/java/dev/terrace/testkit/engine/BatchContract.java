package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Batch;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.TableRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every engine must do with batches of a log, on its real database. A subclass provides two
 * servers that do not know of each other, each with an empty table: {@code id} a 64-bit key, {@code
 * name} text, {@code count} a 32-bit number, {@code price} a decimal with two places, {@code flag}
 * a boolean, {@code data} bytes, {@code short} a text of at most five characters.
 */
public abstract class BatchContract {

  static final Duration TIMEOUT = Duration.ofSeconds(1);

  @SuppressWarnings("NullAway.Init") // set before each test
  Engine engine;

  /** An engine for the servers. */
  protected abstract Engine open(Duration timeout);

  /** The first server. */
  protected abstract Address server();

  /** The second server. */
  protected abstract Address other();

  /** The table, emptied on both. */
  protected abstract TableRef emptyTable() throws Exception;

  /** Keeps everybody from changing that row of the first server until closed. */
  protected abstract AutoCloseable lock(String key) throws Exception;

  /** Ends the first server without notice. */
  protected abstract void stopServer();

  /** Starts it again. */
  protected abstract void startServer();

  @SuppressWarnings("NullAway.Init") // set before each test
  TableRef table;

  @BeforeEach
  final void openEngine() throws Exception {
    table = emptyTable();
    engine = open(TIMEOUT);
  }

  @AfterEach
  final void closeEngine() {
    engine.close();
  }

  void put(String key, Field... fields) throws EngineFailure {
    engine.put(List.of(server()), table, RowKey.of(key), List.of(fields));
  }

  Row row(String key) throws EngineFailure {
    return row(server(), key);
  }

  Row row(Address server, String key) throws EngineFailure {
    RowKey one = RowKey.of(key);
    return Optional.ofNullable(engine.get(server, table, List.of(one)).get(one)).orElseThrow();
  }

  EngineFailure failure(ThrowingCallable call) {
    return catchThrowableOfType(EngineFailure.class, call);
  }

  private Batch.Item item(String key, Change change) {
    return new Batch.Item(table, RowKey.of(key), change, Map.of());
  }

  private Batch.Item item(String key, Field... fields) {
    return item(key, new Change.Put(List.of(fields)));
  }

  private String log() {
    return "log-" + System.nanoTime();
  }

  @Test
  void aBatchPutsReplacesAddsAndDeletesRows() throws Exception {
    put("1", Field.of("name", "one"), Field.of("count", "1"));
    put("2", Field.of("name", "two"), Field.of("count", "2"));
    put("3", Field.of("name", "three"));
    String log = log();
    byte[] bytes = {0, 1, '\\', '"', (byte) 0xFF};
    engine.apply(
        server(),
        new Batch(
            log,
            7,
            List.of(
                new Batch.Item(
                    table,
                    RowKey.of("1"),
                    new Change.Put(List.of(Field.of("name", "a{\"b\\,c}"))),
                    Map.of("count", 41L)),
                item(
                    "2",
                    new Change.Replace(List.of(Field.of("name", "new"), Field.ofNull("flag")))),
                item("3", new Change.Delete()),
                item("4", Field.of("data", bytes), Field.of("price", "2.5")),
                new Batch.Item(
                    table, RowKey.of("5"), new Change.Put(List.of()), Map.of("count", 3L)))));
    assertThat(row("1").text("name")).contains("a{\"b\\,c}");
    assertThat(row("1").text("count")).contains("42");
    assertThat(row("2").text("name")).contains("new");
    assertThat(row("2").value("count")).isNull();
    assertThat(engine.exists(server(), table, RowKey.of("3"))).isFalse();
    assertThat(row("4").value("data")).isEqualTo(bytes);
    assertThat(row("4").text("price")).contains("2.50");
    assertThat(row("5").text("count")).contains("3");
    assertThat(engine.applied(server(), log)).isEqualTo(7);
  }

  @Test
  void aBatchIsAppliedOnce() throws Exception {
    String log = log();
    assertThat(engine.applied(server(), log)).isZero();
    Batch.Item add =
        new Batch.Item(table, RowKey.of("1"), new Change.Put(List.of()), Map.of("count", 1L));
    engine.apply(server(), new Batch(log, 5, List.of(add)));
    engine.apply(server(), new Batch(log, 5, List.of(add)));
    engine.apply(server(), new Batch(log, 4, List.of(add)));
    assertThat(row("1").text("count")).contains("1");
    engine.apply(server(), new Batch(log, 6, List.of(add)));
    engine.apply(server(), new Batch(log + "-other", 1, List.of(add)));
    assertThat(row("1").text("count")).contains("3");
    assertThat(engine.applied(server(), log)).isEqualTo(6);
  }

  @Test
  void aBatchIsAppliedWhollyOrWithoutWhatIsRefused() throws Exception {
    String log = log();
    List<Batch.Item> items = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      items.add(item(Integer.toString(i), Field.of("short", i == 13 ? "toolong" : "fits")));
    }
    EngineFailure failure = failure(() -> engine.apply(server(), new Batch(log, 20, items)));
    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
    assertThat(engine.exists(server(), table, RowKey.of("1"))).isFalse();
    assertThat(engine.applied(server(), log)).isZero();
    List<String> refused = new ArrayList<>();
    engine.apply(
        server(),
        new Batch(log, 20, items),
        left -> left.forEach(one -> refused.add(one.item().key().toString())));
    assertThat(refused).containsExactly("13");
    assertThat(engine.exists(server(), table, RowKey.of("13"))).isFalse();
    assertThat(row("12").text("short")).contains("fits");
    assertThat(row("20").text("short")).contains("fits");
    assertThat(engine.applied(server(), log)).isEqualTo(20);
  }
}

package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every engine must do with single rows and transactions, on its real database. */
public abstract class EngineContract extends BatchContract {

  @Test
  void putInsertsThenUpdatesOnlyWhatIsGiven() throws Exception {
    put("1", Field.of("name", "first"), Field.of("count", "7"));
    put("1", Field.of("count", "8"));
    assertThat(row("1").text("name")).contains("first");
    assertThat(row("1").text("count")).contains("8");
    assertThat(row("1").text("id")).contains("1");
  }

  @Test
  void nullAndEmptyDiffer() throws Exception {
    put("1", Field.of("name", ""), Field.ofNull("count"));
    assertThat(row("1").text("name")).contains("");
    assertThat(row("1").value("count")).isNull();
    put("1", Field.ofNull("name"));
    assertThat(row("1").value("name")).isNull();
  }

  @Test
  void textOfAnyScriptComesBack() throws Exception {
    String text = "Grüße, 世界 \uD83D\uDE80 '\"\\ ; -- $1 %s \t\n {a,b}";
    put("1", Field.of("name", text));
    assertThat(row("1").text("name")).contains(text);
  }

  @Test
  void bytesOfAnyValueComeBack() throws Exception {
    byte[] bytes = new byte[512];
    IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) i);
    put("1", Field.of("data", bytes));
    assertThat(row("1").value("data")).isEqualTo(bytes);
  }

  @Test
  void bytesThatAreNoTextAreRefusedInTextColumns() {
    EngineFailure failure =
        failure(() -> put("1", Field.of("name", new byte[] {(byte) 0xC3, 0x28})));
    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
    assertThat(failure).hasMessageContaining("name").hasMessageContaining("UTF-8");
    assertThat(failure(() -> put("1", Field.of("name", "a\0b"))).kind()).isEqualTo(Kind.REJECTED);
  }

  @Test
  void valuesComeAsTheStorePrintsThem() throws Exception {
    put("1", Field.of("price", "12.5"), Field.of("flag", "true"), Field.of("count", " 3 "));
    assertThat(row("1").text("price")).contains("12.50");
    assertThat(row("1").text("flag")).hasValueSatisfying(f -> assertThat(f).startsWith("t"));
    assertThat(row("1").text("count")).contains("3");
  }

  @Test
  void theTableIsDescribed() throws Exception {
    assertThat(engine.describe(server(), table.table()).columns())
        .extracting(c -> c.name())
        .contains("id", "name", "count", "price", "flag", "data", "short");
    EngineFailure failure = failure(() -> engine.describe(server(), "no_such_table"));
    assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_TABLE);
    assertThat(failure).hasMessageContaining("no_such_table");
  }

  @Test
  void anUnknownFieldIsRefusedByName() throws Exception {
    EngineFailure failure = failure(() -> put("1", Field.of("nam", "x")));
    assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_FIELD);
    assertThat(failure).hasMessageContaining("'nam'");
    assertThat(engine.exists(server(), table, RowKey.of("1"))).isFalse();
  }

  @Test
  void aValueOfTheWrongTypeIsRefusedByFieldAndType() throws Exception {
    put("1", Field.of("name", "kept"), Field.of("count", "1"));
    EngineFailure failure =
        failure(() -> put("1", Field.of("name", "changed"), Field.of("count", "many")));
    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
    assertThat(failure).hasMessageContaining("count").hasMessageContaining("integer");
    assertThat(row("1").text("name")).contains("kept");
    EngineFailure tooLong = failure(() -> put("1", Field.of("short", "toolong")));
    assertThat(tooLong.kind()).isEqualTo(Kind.REJECTED);
    assertThat(tooLong).hasMessageContaining("short");
  }

  @Test
  void manyKeysAreReadAtOnceAndMissingOnesAreNotThere() throws Exception {
    List<RowKey> keys = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      keys.add(RowKey.of(Integer.toString(i)));
      if (i % 2 == 0) {
        put(Integer.toString(i), Field.of("count", Integer.toString(i)));
      }
    }
    Map<RowKey, Row> rows = engine.get(server(), table, keys);
    assertThat(rows).hasSize(250);
    assertThat(rows.get(RowKey.of("42"))).isNotNull();
    assertThat(rows).doesNotContainKey(RowKey.of("43"));
    assertThat(engine.get(server(), table, List.of())).isEmpty();
  }

  @Test
  void deleteSaysWhetherThereWasARow() throws Exception {
    put("1", Field.of("name", "x"));
    assertThat(engine.delete(List.of(server()), table, RowKey.of("1"))).isTrue();
    assertThat(engine.delete(List.of(server()), table, RowKey.of("1"))).isFalse();
    assertThat(engine.exists(server(), table, RowKey.of("1"))).isFalse();
  }

  @Test
  void replaceLeavesNothingOfTheOldRow() throws Exception {
    put("1", Field.of("name", "old"), Field.of("count", "1"));
    engine.modify(
        List.of(server()),
        table,
        RowKey.of("1"),
        before -> new Change.Replace(List.of(Field.of("count", "2"))));
    assertThat(row("1").value("name")).isNull();
    assertThat(row("1").text("count")).contains("2");
  }

  @Test
  void modifySaysWhatTheStoreHasAfterwards() throws Exception {
    List<Address> on = List.of(server());
    RowKey key = RowKey.of("1");
    Change price = new Change.Put(List.of(Field.of("price", "1.5")));
    Engine.Modified inserted = engine.modify(on, table, key, before -> price);
    assertThat(inserted.before()).isEmpty();
    assertThat(inserted.after().flatMap(r -> r.text("price"))).contains("1.50");
    Engine.Modified kept = engine.modify(on, table, key, before -> new Change.Keep());
    assertThat(kept.after().flatMap(r -> r.text("price"))).contains("1.50");
    assertThat(engine.modify(on, table, key, before -> new Change.Delete()).after()).isEmpty();
  }

  @Test
  void aTransactionChangesSeveralRowsOrNone() throws Exception {
    put("1", Field.of("count", "5"));
    put("2", Field.of("count", "5"));
    engine.transact(List.of(server()), t -> move(t, "1", "2", 3));
    assertThat(row("1").text("count")).contains("2");
    assertThat(row("2").text("count")).contains("8");
    EngineFailure failure =
        failure(() ->
            engine.transact(
                List.of(server()),
                t -> {
                  move(t, "1", "2", 2);
                  return t.change(
                      table, RowKey.of("3"), new Change.Put(List.of(Field.of("count", "many"))));
                }));
    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
    assertThat(row("1").text("count")).contains("2");
    assertThat(row("2").text("count")).contains("8");
  }

  private int move(Engine.Transaction transaction, String from, String to, int amount)
      throws EngineFailure {
    add(transaction, from, -amount);
    add(transaction, to, amount);
    return amount;
  }

  private void add(Engine.Transaction transaction, String key, int amount) throws EngineFailure {
    Row row = transaction.read(table, RowKey.of(key)).orElseThrow();
    int sum = Integer.parseInt(row.text("count").orElseThrow()) + amount;
    transaction.change(
        table, RowKey.of(key), new Change.Put(List.of(Field.of("count", Integer.toString(sum)))));
  }

  @Test
  void aPartOfATransactionMayFailAlone() throws Exception {
    put("1", Field.of("count", "5"));
    RowKey key = RowKey.of("2");
    engine.transact(
        List.of(server()),
        t -> {
          add(t, "1", 1);
          EngineFailure failure =
              failure(() ->
                  t.part(p -> {
                    p.change(table, key, new Change.Put(List.of(Field.of("count", "7"))));
                    return p.change(table, key, new Change.Put(List.of(Field.of("count", "many"))));
                  }));
          assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
          assertThat(t.read(table, key)).isEmpty();
          return t.part(p ->
              p.change(table, RowKey.of("3"), new Change.Put(List.of(Field.of("count", "1")))));
        });
    assertThat(row("1").text("count")).contains("6");
    assertThat(row("3").text("count")).contains("1");
    assertThat(engine.exists(server(), table, key)).isFalse();
  }

  @Test
  void aTransactionSeesItsOwnChanges() throws Exception {
    RowKey key = RowKey.of("1");
    String seen =
        engine.transact(
            List.of(server()),
            t -> {
              t.change(table, key, new Change.Put(List.of(Field.of("name", "new"))));
              String name = t.read(table, key).flatMap(r -> r.text("name")).orElse("");
              t.change(table, key, new Change.Delete());
              return name + t.read(table, key).isPresent();
            });
    assertThat(seen).isEqualTo("newfalse");
    assertThat(engine.exists(server(), table, key)).isFalse();
  }

  @Test
  void aScanGoesThroughAllRowsInPages() throws Exception {
    for (int i = 0; i < 25; i++) {
      put(Integer.toString(i), Field.of("count", Integer.toString(i)));
    }
    List<String> seen = new ArrayList<>();
    Optional<RowKey> after = Optional.empty();
    List<Row> page;
    do {
      page = engine.scan(server(), table, after, 10);
      page.forEach(r -> seen.add(r.text("id").orElseThrow()));
      assertThat(page).hasSizeLessThanOrEqualTo(10);
      after = seen.isEmpty() ? after : Optional.of(RowKey.of(seen.getLast()));
    } while (!page.isEmpty());
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
  }

  @Test
  void concurrentWritersLoseNoIncrement() throws Exception {
    int writers = 8;
    int each = 25;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        all.add(threads.submit(() -> increment(each)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(row("1").text("count")).contains(Integer.toString(writers * each));
  }

  private Object increment(int times) throws EngineFailure {
    for (int i = 0; i < times; i++) {
      engine.modify(
          List.of(server()),
          table,
          RowKey.of("1"),
          before -> {
            int old = before.flatMap(r -> r.text("count")).map(Integer::parseInt).orElse(0);
            return new Change.Put(List.of(Field.of("count", Integer.toString(old + 1))));
          });
    }
    return times;
  }

  @Test
  void aChangeOfSeveralServersIsMadeOnAllOrNone() throws Exception {
    List<Address> both = List.of(server(), other());
    engine.put(both, table, RowKey.of("1"), List.of(Field.of("name", "both")));
    for (Address one : both) {
      assertThat(row(one, "1").text("name")).contains("both");
    }
    engine.put(List.of(other()), table, RowKey.of("1"), List.of(Field.of("name", "apart")));
    engine.put(both, table, RowKey.of("1"), List.of(Field.of("name", "again")));
    assertThat(row(other(), "1").text("name")).contains("again");
    Address nobody = new Address("127.0.0.1", 1);
    EngineFailure failure =
        failure(() ->
            engine.put(
                List.of(server(), nobody),
                table,
                RowKey.of("1"),
                List.of(Field.of("name", "half"))));
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(row("1").text("name")).contains("again");
  }

  @Test
  void aRowThatOthersHoldTimesOutAndNothingIsChanged() throws Exception {
    put("1", Field.of("name", "held"));
    try (AutoCloseable lock = lock("1")) {
      long start = System.nanoTime();
      EngineFailure failure = failure(() -> put("1", Field.of("name", "late")));
      assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
      assertThat(lock).isNotNull();
    }
    assertThat(row("1").text("name")).contains("held");
    put("1", Field.of("name", "free"));
  }

  @Test
  void aServerThatIsGoneIsUnreachableAndComesBack() throws Exception {
    put("1", Field.of("name", "before"));
    stopServer();
    try {
      long start = System.nanoTime();
      assertThat(failure(() -> row("1")).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure(() -> put("1", Field.of("name", "x"))).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
    } finally {
      startServer();
    }
    put("1", Field.of("name", "after"));
    assertThat(row("1").text("name")).contains("after");
  }

  @Test
  void keysAreTakenLiterally() throws Exception {
    EngineFailure failure = failure(() -> row("1 or 1=1"));
    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
    assertThat(failure).hasMessageContaining("id");
  }
}

package dev.terrace.kv.back;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.TableRef;
import dev.terrace.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several effects in a row come to one that does the same, and records hold them whole. */
class EffectTest {

  /** What a store makes of an effect; null is no row. */
  private static @Nullable Map<String, String> applied(
      @Nullable Map<String, String> row, Effect effect) {
    return switch (effect.change()) {
      case Change.Keep() -> row;
      case Change.Delete() -> null;
      case Change.Replace(List<Field> fields) -> with(new TreeMap<>(), fields);
      case Change.Put(List<Field> fields) -> {
        Map<String, String> next = with(row == null ? new TreeMap<>() : new TreeMap<>(row), fields);
        effect
            .adds()
            .forEach((column, by) -> {
              String old = next.getOrDefault(column, "NULL");
              long sum = (old.equals("NULL") ? 0 : Long.parseLong(old)) + by;
              next.put(column, Long.toString(sum));
            });
        yield next;
      }
    };
  }

  private static Map<String, String> with(Map<String, String> row, List<Field> fields) {
    for (Field field : fields) {
      byte[] value = field.value();
      row.put(field.column(), value == null ? "NULL" : new String(value, StandardCharsets.UTF_8));
    }
    return row;
  }

  private static Effect any(Seeded random) {
    return switch (random.nextInt(6)) {
      case 0 -> Effect.of(new Change.Delete());
      case 1 -> Effect.of(new Change.Replace(fields(random)));
      case 2, 3 -> Effect.of(new Change.Put(fields(random)));
      default ->
          new Effect(
              new Change.Put(List.of()),
              Map.of(random.pick(List.of("a", "b")), (long) random.nextInt(-5, 6)));
    };
  }

  private static List<Field> fields(Seeded random) {
    List<Field> fields = new ArrayList<>();
    for (String column : List.of("a", "b", "c")) {
      if (random.nextBoolean()) {
        fields.add(
            random.nextInt(4) == 0
                ? Field.ofNull(column)
                : Field.of(column, Integer.toString(random.nextInt(100))));
      }
    }
    return fields;
  }

  @Test
  void severalComeToOneThatDoesTheSame() {
    Seeded.rounds(
        1,
        3000,
        random -> {
          @Nullable Map<String, String> start =
              random.nextBoolean() ? null : with(new TreeMap<>(), fields(random));
          @Nullable Map<String, String> stepwise = start;
          Effect whole = Effect.of(new Change.Keep());
          for (int i = random.nextInt(1, 8); i > 0; i--) {
            Effect next = any(random);
            stepwise = applied(stepwise, next);
            whole = whole.then(next);
          }
          assertThat(applied(start, whole)).isEqualTo(stepwise);
        });
  }

  @Test
  void recordsHoldThemWhole() throws Exception {
    Seeded.rounds(
        5,
        500,
        random -> {
          Effect effect = any(random);
          LogRecord record =
              new LogRecord(
                  new LaneName("store", random.nextInt(-1, 4), random.nextInt(8)),
                  "col",
                  new TableRef("shop.t", List.of("k", "l")),
                  RowKey.of("1:2", "Grüße"),
                  effect);
          LogRecord read = LogRecord.of(record.encoded());
          assertThat(read.lane()).isEqualTo(record.lane());
          assertThat(read.table()).isEqualTo(record.table());
          assertThat(read.key()).isEqualTo(record.key());
          assertThat(read.collection()).isEqualTo("col");
          assertThat(applied(null, read.effect())).isEqualTo(applied(null, effect));
        });
  }
}

package dev.terrace.sql.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SpreadTest {

  private static List<Column> column(String name, String type) {
    return List.of(new Column(name, type, "", true, true));
  }

  private static String child(Spread spread, int shard) {
    return spread.ofChild("public.t", shard).orElse("none");
  }

  @Test
  void aHashIsPostgresqlsOwn() {
    Spread spread = Spread.of(new Placement.Hash(KeyType.BIGINT, 3), column("id", "integer"));
    assertThat(spread.ofParent()).isEqualTo(" partition by hash (\"id\")");
    assertThat(child(spread, 2))
        .isEqualTo(" partition of public.t for values with (modulus 3, remainder 2)");
  }

  @Test
  void aHashOfSeveralColumnsIsToo() {
    Placement hash = new Placement.Hash(List.of(KeyType.BIGINT, KeyType.DATE), 2);
    List<Column> key = List.of(column("id", "bigint").getFirst(), column("day", "date").getFirst());
    assertThat(Spread.of(hash, key).ofParent()).isEqualTo(" partition by hash (\"id\", \"day\")");
  }

  @Test
  void aColumnThatHashesInAnotherWayIsNotPartitioned() {
    Placement hash = new Placement.Hash(KeyType.TEXT, 3);
    assertThat(Spread.of(hash, column("name", "character varying(30)")))
        .isInstanceOf(Spread.Partitions.class);
    assertThat(Spread.of(hash, column("name", "bigint"))).isInstanceOf(Spread.Children.class);
    assertThat(Spread.of(hash, List.of(new Column("name", "text", "public.\"loose\"", true, true))))
        .isInstanceOf(Spread.Children.class);
  }

  @Test
  void rangesAreNativeIfNoShardHasTwo() {
    List<Key> splits = List.of(new Key.Day(LocalDate.of(2026, 1, 1)));
    Spread spread =
        Spread.of(
            new Placement.Range(KeyType.DATE, 3, splits, List.of(2, 0)), column("day", "date"));
    assertThat(child(spread, 0)).endsWith("from ('2026-01-01') to (maxvalue)");
    assertThat(child(spread, 1)).isEqualTo("none");
    assertThat(child(spread, 2)).endsWith("from (minvalue) to ('2026-01-01')");
  }

  @Test
  void rangesOfSeveralColumnsAreNativeToo() {
    List<Key> splits =
        List.of(
            new Key.Row(List.of(new Key.Whole(5), KeyType.NUMERIC.parse("1.50"))),
            new Key.Row(List.of(new Key.Whole(7))));
    Spread spread =
        Spread.of(
            Placement.Range.inTurn(List.of(KeyType.BIGINT, KeyType.NUMERIC), 3, splits),
            List.of(column("id", "bigint").getFirst(), column("n", "numeric(9,2)").getFirst()));
    assertThat(spread.ofParent()).isEqualTo(" partition by range (\"id\", \"n\")");
    assertThat(child(spread, 0)).endsWith("from (minvalue, minvalue) to ('5', '1.5')");
    assertThat(child(spread, 1)).endsWith("from ('5', '1.5') to ('7', minvalue)");
    assertThat(child(spread, 2)).endsWith("from ('7', minvalue) to (maxvalue, maxvalue)");
  }

  @Test
  void whatHasNoNativeRuleIsMadeOfChildren() {
    List<Key> splits = List.of(new Key.Whole(10), new Key.Whole(20));
    Spread twice =
        Spread.of(Placement.Range.inTurn(KeyType.BIGINT, 2, splits), column("id", "bigint"));
    assertThat(twice.ofParent()).isEmpty();
    assertThat(child(twice, 1)).isEqualTo(" () inherits (public.t)");
    Placement named =
        new Placement.Directory(
            Map.of(new Key.Whole(42), 1), new Placement.Hash(KeyType.BIGINT, 2));
    assertThat(Spread.of(named, column("id", "bigint"))).isInstanceOf(Spread.Children.class);
    assertThat(
            Spread.of(
                Placement.Range.inTurn(KeyType.TEXT, 2, List.of(new Key.Text("m"))),
                column("name", "text")))
        .isInstanceOf(Spread.Children.class);
  }
}

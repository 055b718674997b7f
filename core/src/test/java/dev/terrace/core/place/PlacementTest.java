package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static Key whole(long value) {
    return new Key.Whole(value);
  }

  @Test
  void everyKeyAroundEverySplitIsInItsRange() {
    // All sets of splits out of eleven values; all keys between and beyond them.
    for (int bits = 0; bits < 1 << 11; bits++) {
      List<Key> splits = new ArrayList<>();
      for (int v = 0; v < 11; v++) {
        if ((bits >> v & 1) == 1) {
          splits.add(whole(v));
        }
      }
      Placement.Range range = Placement.Range.inTurn(KeyType.BIGINT, 3, splits);
      for (int key = -1; key <= 11; key++) {
        int below = 0;
        for (Key split : splits) {
          below += split.compareTo(whole(key)) <= 0 ? 1 : 0;
        }
        assertThat(range.locate(whole(key)).shard()).isEqualTo(below % 3);
      }
    }
  }

  @Test
  void rangesLiveWhereTheirOwnersSay() {
    Placement.Range range =
        new Placement.Range(
            KeyType.DATE, 2, List.of(day("2026-01-01"), day("2026-07-01")), List.of(1, 1, 0));
    assertThat(range.locate(day("2025-12-31")))
        .isEqualTo(new Placement.Located(1, "2025-12-31 is in range 0 (-inf, 2026-01-01)"));
    assertThat(range.locate(day("2026-01-01")))
        .isEqualTo(new Placement.Located(1, "2026-01-01 is in range 1 [2026-01-01, 2026-07-01)"));
    assertThat(range.locate(day("2026-07-01")))
        .isEqualTo(new Placement.Located(0, "2026-07-01 is in range 2 [2026-07-01, inf)"));
    assertThat(range.keyType()).isEqualTo(KeyType.DATE);
    assertThat(range.shards()).isEqualTo(2);
  }

  private static Key day(String text) {
    return new Key.Day(LocalDate.parse(text));
  }

  @Test
  void extremeKeysAreInTheOuterRanges() {
    Placement.Range range =
        Placement.Range.inTurn(
            KeyType.BIGINT, 3, List.of(whole(Long.MIN_VALUE), whole(Long.MAX_VALUE)));
    assertThat(range.locate(whole(Long.MIN_VALUE)).shard()).isEqualTo(1);
    assertThat(range.locate(whole(Long.MAX_VALUE - 1)).shard()).isEqualTo(1);
    assertThat(range.locate(whole(Long.MAX_VALUE)).shard()).isEqualTo(2);
  }

  private static Key row(Key... columns) {
    return new Key.Row(List.of(columns));
  }

  @Test
  void rangesOfSeveralColumnsAreInTheOrderOfRows() {
    Placement.Range range =
        Placement.Range.inTurn(
            List.of(KeyType.TEXT, KeyType.BIGINT),
            3,
            List.of(
                row(new Key.Text("de"), whole(100)),
                row(new Key.Text("us")),
                row(new Key.Text("us"), whole(-5))));
    assertThat(range.rangeOf(row(new Key.Text("at"), whole(1000)))).isZero();
    assertThat(range.rangeOf(row(new Key.Text("de"), whole(99)))).isZero();
    assertThat(range.rangeOf(row(new Key.Text("de"), whole(100)))).isEqualTo(1);
    assertThat(range.rangeOf(row(new Key.Text("fr"), whole(Long.MIN_VALUE)))).isEqualTo(1);
    assertThat(range.rangeOf(row(new Key.Text("us"), whole(Long.MIN_VALUE)))).isEqualTo(2);
    assertThat(range.rangeOf(row(new Key.Text("us"), whole(-5)))).isEqualTo(3);
    assertThat(range.locate(row(new Key.Text("us"), whole(-6))).reason())
        .isEqualTo("(us, -6) is in range 2 [(us), (us, -5))");
    refused(
        () ->
            Placement.Range.inTurn(
                List.of(KeyType.BIGINT, KeyType.BIGINT),
                2,
                List.of(row(whole(1), whole(2)), row(whole(1)))),
        "splits must ascend: 1 comes after 1, 2");
  }

  @Test
  void aCutIsBesideAllThatBeginsWithItsColumns() {
    List<Cut> ascending =
        List.of(
            new Cut(List.of(), false),
            Cut.before(whole(1)),
            Cut.before(row(whole(1), whole(5))),
            Cut.behind(List.of(whole(1)), whole(5)),
            Cut.behind(List.of(whole(1)), whole(Long.MAX_VALUE)),
            Cut.behind(List.of(), whole(1)),
            Cut.before(List.of(whole(2)), whole(5)),
            new Cut(List.of(), true));
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertThat(Integer.signum(ascending.get(i).compareTo(ascending.get(j))))
            .as(ascending.get(i) + " " + ascending.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
    assertThat(Cut.behind(List.of(), whole(1))).isEqualTo(Cut.before(whole(2)));
  }

  @Test
  void aRangeThatCannotBeIsRefused() {
    refused(() -> Placement.Range.inTurn(KeyType.BIGINT, 2, List.of(whole(2), whole(1))), "ascend");
    refused(() -> Placement.Range.inTurn(KeyType.BIGINT, 2, List.of(whole(1), whole(1))), "ascend");
    refused(
        () -> new Placement.Range(KeyType.BIGINT, 2, List.of(whole(1)), List.of(0)),
        "1 splits make 2 ranges, not 1");
    refused(
        () -> new Placement.Range(KeyType.BIGINT, 2, List.of(whole(1)), List.of(0, 2)),
        "no shard 2 of 2");
    refused(
        () -> new Placement.Range(KeyType.BIGINT, 2, List.of(whole(1)), List.of(-1, 0)),
        "no shard -1");
    refused(() -> Placement.Range.inTurn(KeyType.BIGINT, 0, List.of()), "at least one shard");
  }

  @Test
  void hashEverywhereAndSingleSayWhereAndWhy() {
    Placement hash = new Placement.Hash(KeyType.BIGINT, 4);
    Placement.Located located = hash.locate(whole(42));
    assertThat(located.shard()).isEqualTo(PartitionHash.remainder(whole(42), 4));
    assertThat(located.reason()).isEqualTo("hash(42) is " + located.shard() + " of 0 to 3");
    Placement everywhere = new Placement.Everywhere(KeyType.BIGINT, 4);
    assertThat(everywhere.locate(whole(42)).shard()).isEqualTo(located.shard());
    assertThat(everywhere.locate(whole(42)).reason()).startsWith("everywhere");
    Key day = day("2026-01-01");
    assertThat(everywhere.locate(day).shard()).isEqualTo(PartitionHash.remainder(day, 4));
    Placement single = new Placement.Single(KeyType.TEXT, 4, 3);
    assertThat(single.locate(new Key.Text("x")).shard()).isEqualTo(3);
    assertThat(single.locate(new Key.Text("x")).reason()).contains("shard 3 alone");
    refused(() -> new Placement.Single(KeyType.TEXT, 4, 4), "no shard 4");
    refused(() -> new Placement.Single(KeyType.TEXT, 4, -1), "no shard -1");
    refused(() -> new Placement.Hash(List.of(), 4), "at least one column");
    refused(() -> new Placement.Hash(KeyType.TEXT, 0), "at least one shard");
    refused(() -> new Placement.Everywhere(KeyType.TEXT, 0), "at least one shard");
  }

  private static void refused(Runnable make, String why) {
    assertThatThrownBy(make::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void keysAreOrderedAsPostgresqlOrdersThem() {
    assertThat(whole(-1)).isLessThan(whole(0));
    // UTF-8 bytes, not UTF-16 units: U+FF5E comes before U+1F600 though its unit is larger.
    assertThat((Key) new Key.Text("\uFF5E")).isLessThan(new Key.Text("\uD83D\uDE00"));
    assertThat((Key) new Key.Text("a")).isLessThan(new Key.Text("aa"));
    // Bytes, not two signed longs.
    assertThat((Key) new Key.Uuid(UUID.fromString("7fffffff-0000-0000-0000-000000000000")))
        .isLessThan(new Key.Uuid(UUID.fromString("80000000-0000-0000-0000-000000000000")));
    assertThat((Key) new Key.Uuid(UUID.fromString("00000000-0000-0000-7fff-000000000000")))
        .isLessThan(new Key.Uuid(UUID.fromString("00000000-0000-0000-8000-000000000000")));
    assertThat(day("2026-01-01")).isLessThan(day("2026-01-02"));
    assertThatThrownBy(() -> whole(1).compareTo(new Key.Text("1")))
        .isInstanceOf(ClassCastException.class)
        .hasMessage("Whole[value=1] has no order beside Text[value=1]");
  }
}

package dev.terrace.sandbox.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.shop.ShopTable.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ShopDataTest {

  private static final ShopData SMALL = ShopData.small();

  @Test
  void aSeedGivesTheSameRowsEachTime() {
    for (String table : SMALL.tables()) {
      assertThat(rows(SMALL, table)).isEqualTo(rows(SMALL, table)).isNotEmpty();
      assertThat(rows(new ShopData(43, 200, 300, 1_000, 600), table))
          .isNotEqualTo(rows(SMALL, table));
    }
  }

  @Test
  void everyRowHasAllColumnsAndItsKey() {
    for (String table : SMALL.tables()) {
      ShopTable shop = SMALL.table(table);
      assertThat(shop.copyStatement()).startsWith("COPY " + table + " (");
      int key = shop.keyColumn().map(shop.columns()::indexOf).orElse(-1);
      for (Row row : rows(SMALL, table)) {
        List<String> values = parse(row.csv());
        assertThat(values).as(row.csv()).hasSameSizeAs(shop.columns());
        assertThat(row.key()).isEqualTo(key < 0 ? "" : values.get(key));
      }
    }
  }

  @Test
  void sizesAndIdsAreAsAnnounced() {
    ShopData full = ShopData.full();
    assertThat(rows(full, "products")).hasSize(10_000);
    assertThat(rows(full, "users")).hasSize(20_000);
    List<Row> orders = rows(full, "orders");
    assertThat(orders).hasSize(100_000);
    Set<String> keys = new HashSet<>();
    orders.forEach(order -> keys.add(order.key()));
    assertThat(keys).hasSizeGreaterThan(15_000).doesNotContain("0", "20001");
    assertThat(rows(full, "carts").getFirst().key()).isEqualTo("1");
    assertThat(rows(full, "events")).anyMatch(event -> event.key().compareTo("2026-01-01") < 0);
    assertThat(rows(full, "events")).anyMatch(event -> event.key().compareTo("2026-07-01") >= 0);
  }

  @Test
  void anUnknownTableIsRefused() {
    assertThatThrownBy(() -> SMALL.table("invoices")).hasMessageContaining("invoices");
  }

  private static List<Row> rows(ShopData data, String table) {
    List<Row> rows = new ArrayList<>();
    data.table(table).iterator().forEachRemaining(rows::add);
    return rows;
  }

  /** All columns are quoted, with quotes doubled. */
  private static List<String> parse(String csv) {
    List<String> values = new ArrayList<>();
    Matcher value = Pattern.compile("\"((?:[^\"]|\"\")*)\"(?:,|$)").matcher(csv);
    while (value.find()) {
      values.add(value.group(1).replace("\"\"", "\""));
    }
    return values;
  }
}

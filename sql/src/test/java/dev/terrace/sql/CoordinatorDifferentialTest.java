package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Seeded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random joins, subqueries, windows and set operations over shards with a coordinator, and over one
 * server with the same rows: both must answer the same.
 */
final class CoordinatorDifferentialTest {

  private static final long SEED = 20261129;
  private static final int STATEMENTS = Integer.getInteger("terrace.statements", 40);

  private static final List<String> OPTIONS =
      List.of("preferQueryMode=simple", "prepareThreshold=0", "prepareThreshold=-1");

  private static final List<String> JOINS =
      List.of(
          "customers c JOIN purchases p on p.product = c.age - 20",
          "customers c JOIN purchases p on p.qty = c.small",
          "customers c JOIN purchases p on p.customer_id = c.id",
          "customers c JOIN customers d on d.name = c.name",
          "customers c JOIN customers d on d.id = c.age",
          "purchases p JOIN purchases q on q.made = p.made",
          "goods g JOIN customers c on c.small = g.id",
          "goods g JOIN purchases p on p.product = g.id");

  private static String joined(Seeded random) {
    String kind = random.pick(List.of("join", "left join", "right join", "full join"));
    return random.pick(JOINS).replace("JOIN", kind);
  }

  private static String column(Seeded random, String from) {
    List<String> columns = new ArrayList<>();
    for (String table : List.of("customers c", "customers d")) {
      if (from.contains(table)) {
        String alias = table.substring(table.length() - 1);
        for (String name :
            List.of("id", "name", "city", "age", "score", "born", "vip", "tag", "ref", "note")) {
          columns.add(alias + "." + name);
        }
      }
    }
    for (String table : List.of("purchases p", "purchases q")) {
      if (from.contains(table)) {
        String alias = table.substring(table.length() - 1);
        for (String name : List.of("id", "customer_id", "product", "amount", "qty", "status")) {
          columns.add(alias + "." + name);
        }
      }
    }
    if (from.contains("goods g")) {
      columns.addAll(List.of("g.id", "g.label", "g.kind", "g.price"));
    }
    return random.pick(columns);
  }

  private static String where(Seeded random) {
    return random.pick(
        List.of(
            "",
            " where c.id % 3 = 1",
            " where c.id in (1, 7, 30, 31, 32)",
            " where c.id = 42",
            " where c.city = 'Ulm' or c.vip",
            " where c.name > 'b'",
            " where c.id in (select customer_id from purchases where qty > 2)",
            " where c.id not in (select customer_id from purchases)",
            " where exists (select 1 from purchases x where x.product = c.small)",
            " where c.score > (select avg(score) from customers where score < 'NaN')"));
  }

  private static String statement(Seeded random) {
    String from = joined(random);
    String one = column(random, from);
    String two = column(random, from);
    String where = from.contains("customers c") ? where(random) : "";
    return switch (random.nextInt(6)) {
      case 0 -> "select " + one + ", " + two + " from " + from + where;
      case 1 ->
          "select "
              + one
              + ", count(*), min("
              + two
              + "::text), count(distinct "
              + two
              + ") from "
              + from
              + where
              + " group by 1";
      case 2 ->
          "select c.id, rank() over (partition by c.city order by c.name, c.id), sum(c.age) over"
              + " (order by c.id) from customers c"
              + where(random);
      case 3 ->
          "select city from customers c"
              + where(random)
              + random.pick(List.of(" intersect", " except", " union", " union all", " except all"))
              + " select status from purchases";
      case 4 ->
          "with w as (select customer_id, count(*) n, max(amount) m from purchases group by 1)"
              + " select c.name, w.n, w.m from customers c left join w on w.customer_id = c.id"
              + where(random);
      default ->
          "select "
              + one
              + ", (select count(*) from purchases x where x.qty = 3) from "
              + from
              + where
              + " order by 1 nulls first limit 400";
    };
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(result.getMetaData().getColumnTypeName(i)).append(':');
          row.append(result.getString(i)).append('|');
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  @Test
  void itAnswersAsOneServerDoes() throws Exception {
    try (ShardedTables tables =
        ShardedTables.start(SEED, "", "coordinator: {database: shop_all, patience: 20s}")) {
      List<Connection> sharded = new ArrayList<>();
      List<Connection> plain = new ArrayList<>();
      for (String options : OPTIONS) {
        sharded.add(tables.sharded(options));
        plain.add(tables.plain(options));
      }
      Seeded.rounds(
          SEED,
          STATEMENTS,
          random -> {
            String sql = statement(random);
            int way = random.nextInt(OPTIONS.size());
            List<String> one = rows(plain.get(way), sql);
            List<String> many = rows(sharded.get(way), sql);
            if (sql.contains("limit")) {
              assertThat(many).as(sql).hasSameSizeAs(one);
            } else {
              assertThat(many).as(sql).containsExactlyInAnyOrderElementsOf(one);
            }
          });
      long coordinated =
          tables.signals.counter(Metric.SQL_STATEMENTS, "shop", "all", "coordinator").value();
      assertThat(coordinated).isGreaterThan(STATEMENTS / 2);
      for (int i = 0; i < OPTIONS.size(); i++) {
        sharded.get(i).close();
        plain.get(i).close();
      }
    }
  }
}

package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Statements that look as if shards could answer them one by one: as one server, or 0A000. */
final class HardStatementsTest {

  static final List<String> STATEMENTS =
      List.of(
          // Values that count once although no row has them.
          "select count(distinct 1) from customers where city = 'nowhere'",
          "select count(distinct 1), count(*) from customers where age > 1000",
          "select sum(distinct 5), max(age) from customers where age < 0",
          "select count(distinct 1) from customers",
          "select city, count(distinct 1) from customers group by city",
          "select string_agg(distinct 'x', ',') from customers where age < 0",
          "select array_agg(distinct 1) from customers where age < 0",
          "select count(distinct 1) filter (where age > 1000) from customers",
          // Names that mean a column of the select list.
          "select distinct on (customer_id) status as customer_id from purchases",
          "select distinct on (id) small as id from customers order by id",
          "select distinct on (id) city as id, id as other from customers order by id, other",
          "select distinct on (1) city, id from customers order by 1, 2",
          "select distinct on (customer_id) customer_id, product from purchases"
              + " order by customer_id, product",
          "select city as id, count(*) from customers group by id, city",
          "select city as name, count(*) from customers group by city order by name",
          "select max(name) as city, city as c from customers group by city order by city, c",
          "select age as id from customers order by id desc nulls last",
          "select age as id from customers order by id + 0",
          // Columns of two tables that USING makes one.
          "select count(*) from (purchases a left join (select * from purchases where customer_id = 5)"
              + " b using (customer_id)) join purchases c using (customer_id)",
          "select count(*) from (purchases a full join (select * from purchases where customer_id = 5)"
              + " b using (customer_id)) join purchases c using (customer_id)",
          "select count(*) from (purchases a left join (select customer_id from purchases"
              + " where customer_id = 5) b using (customer_id)) left join (select customer_id from"
              + " purchases where customer_id = 7) c using (customer_id)",
          "select customer_id, count(*) from (select id as customer_id from customers where id < 9) a"
              + " right join purchases b using (customer_id) group by customer_id",
          "select s.customer_id from (select * from purchases a left join (select customer_id from"
              + " purchases where customer_id = 5) b using (customer_id)) s where customer_id = 7",
          // What one server works out once.
          "with r as (select random() as v) select count(distinct r.v) from customers, r",
          "select count(distinct v) from (select (select random()) as v from customers) s",
          "with r as (select random() as v) select distinct r.v is null from customers, r",
          "select count(*) from (select distinct now() from customers) s",
          "select distinct now() is null from customers",
          "select distinct city from customers, random() r where r >= 0",
          // Texts of WITH before a query in parentheses.
          "with goods as (select 1 as id) (select c.id, g.id from customers c, goods g order by c.id)",
          "with goods as (select 1 as id) (select c.id, g.id from customers c, goods g limit 1000)",
          "(select id from customers order by id limit 3) order by id desc",
          "(select id from customers) order by id desc limit 2",
          "((select count(*) from customers))",
          // Keys that nothing or something else equals.
          "select count(*) from customers where id = 5.0",
          "select count(*) from customers where id = 5.5",
          "select count(*) from customers where id = '5 '",
          "select count(*) from customers where id = 99999999999999999999",
          "select count(*) from customers where id = +'5'",
          "select count(*) from customers where id in (5, null)",
          "select count(*) from customers where id not in (5, 6)",
          "select count(*) from customers where id not in (5, null)",
          "select count(*) from customers where not (id = 5)",
          "select count(*) from customers where id = 5 or city = 'Ulm'",
          "select count(*) from customers where id is not distinct from 5",
          "select count(*) from customers where (id = 5) is not true",
          "select count(*) from customers where (id = 5) = false",
          "select count(*) from customers where case when age > 30 then id = 5 else id = 6 end",
          "select count(*) from customers where coalesce(id = 5, true)",
          "select count(*) from customers where (id, age) = (5, age)",
          "select count(*) from customers where (id, small) in ((5, small), (6, small))",
          "select count(*) from customers where id = any ('{5,6,NULL}')",
          "select count(*) from customers where id = all ('{5}')",
          "select count(*) from customers where id <> all ('{5}')",
          "select count(*) from customers where id = 5::numeric or id = 6::float8",
          "select count(*) from customers where id between symmetric 9 and 3",
          "select count(*) from customers where -id = -5",
          "select count(*) from customers where id = -5 * -1",
          "select count(*) from customers where id + 0 = 5",
          // Joins.
          "select count(*) from customers a left join purchases b on a.id = b.customer_id and a.id = 5",
          "select count(*) from customers a left join purchases b on b.customer_id = 5",
          "select count(*) from goods g left join purchases p on p.product = g.id",
          "select count(*) from customers a full join purchases b on a.id = b.customer_id",
          "select count(*) from customers a where a.id = 5 and exists (select 1 from purchases p where"
              + " p.customer_id = a.id)",
          "select count(*) from customers a where a.id = 5 or exists (select 1 from purchases p where"
              + " p.customer_id = a.id)",
          "select count(*) from customers a, lateral (select * from purchases p where p.customer_id ="
              + " a.id limit 1) s where a.id = 5",
          "select count(*) from customers a natural join (select id from customers where id < 10) b",
          "with customers as (select * from goods) select count(*) from customers",
          "select count(*) from goods customers where customers.id = 5",
          "select customers from goods customers order by customers.id",
          // Groups, limits, sets.
          "select count(*) from customers having count(*) > 100",
          "select count(*) from customers having count(*) < 100",
          "select 1 from customers having true",
          "select 1 from customers order by (select sum(customers.age))",
          "select (select sum(customers.age)) from customers",
          "select avg(score), stddev(age), sum(span) from customers, purchases where customers.id ="
              + " purchases.customer_id and age < 0",
          "select id from customers order by id offset 3 limit null",
          "select id from customers order by id limit all offset null",
          "select id from customers order by id limit (select 3)",
          "select id from customers order by id limit 2.5",
          "select id from customers order by age desc nulls last, id fetch first 3 rows only",
          "select age from customers order by age fetch first 3 rows with ties",
          "select id from customers order by id using > limit 3",
          "select id from customers except select customer_id from purchases order by 1",
          "select id from customers union all select id from goods order by 1",
          "select city from customers union select kind from goods order by 1",
          "select city from customers union all select city from customers order by 1 limit 5",
          "table goods order by id",
          "select count(*) from customers where ctid = '(0,1)' and id < 0",
          "select count(*) from (values (1), (2)) v(id) join customers using (id)",
          "select generate_series(1, 3) g, id from customers order by 2, 1 limit 5",
          "select sum(age) over (partition by city) s from customers order by s limit 3",
          "select $$ from customers where id = 5 $$, count(*) from customers /* where id = 5 */",
          "select count(*) from customers where tag = E'x\\'' or id = 5 -- and id = 6");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables = ShardedTables.start(20261129, "");
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  @ParameterizedTest
  @FieldSource("STATEMENTS")
  void areAnsweredAsByOneServerOrRefused(String sql) throws Exception {
    for (String options : new String[] {"preferQueryMode=simple", "prepareThreshold=1"}) {
      try (Connection sharded = tables.sharded(options);
          Connection plain = tables.plain(options)) {
        List<String> many = ask(sharded, sql);
        if (!many.equals(List.of("error 0A000"))) {
          List<String> one = ask(plain, sql);
          boolean ordered = sql.contains("order by");
          assertThat(ordered ? many : many.stream().sorted().toList())
              .isEqualTo(ordered ? one : one.stream().sorted().toList());
        }
      }
    }
  }

  private static List<String> ask(Connection connection, String sql) {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.append(rows.getString(i)).append('|');
        }
        found.add(row.toString());
      }
    } catch (SQLException e) {
      return List.of("error " + e.getSQLState());
    }
    return found;
  }
}

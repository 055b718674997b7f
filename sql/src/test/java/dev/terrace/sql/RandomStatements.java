package dev.terrace.sql;

import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Statements over the tables of {@link ShardedTables}, drawn at random. */
final class RandomStatements {

  private final Seeded random;
  private List<Object> parameters = new ArrayList<>();

  RandomStatements(Seeded random) {
    this.random = random;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** The next one. */
  Asked next() {
    parameters = new ArrayList<>();
    int kind = random.nextInt(100);
    if (kind < 35) {
      return rows();
    } else if (kind < 75) {
      return groups();
    } else if (kind < 85) {
      return distinct();
    } else if (kind < 91) {
      return union();
    } else if (kind < 95) {
      return window();
    }
    return write();
  }

  private Asked asked(
      String kind,
      String sql,
      boolean total,
      List<Integer> orderedBy,
      boolean limited,
      List<Integer> floats) {
    return new Asked(kind, sql, parameters, total, orderedBy, limited, floats);
  }

  private String where(RandomFrom from) {
    List<String> terms = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      terms.add(predicate(from));
    }
    String and = chance(20) ? " or " : " and ";
    return terms.isEmpty() ? "" : " where " + String.join(and, terms);
  }

  private String predicate(RandomFrom from) {
    String column = random.pick(from.columns());
    return switch (column.substring(2)) {
      case "id", "customer_id" -> key(column);
      case "name", "tag", "note" ->
          column + random.pick(List.of(" > ", " <= ", " <> ")) + value("m");
      case "city" -> column + " = " + value(random.pick(ShardedTables.CITIES));
      case "status" -> column + " in ('open', 'paid')";
      case "age", "qty", "product" ->
          column + random.pick(List.of(" > ", " < ", " = ")) + value(random.nextInt(30));
      case "vip" -> column + " is " + random.pick(List.of("true", "not true", "null"));
      default -> column + " is not null";
    };
  }

  private String key(String column) {
    int first = 1 + random.nextInt(ShardedTables.CUSTOMERS);
    return switch (random.nextInt(5)) {
      case 0 -> column + " = " + value((long) first);
      case 1 -> column + " in (" + first + ", " + (first + 1) + ", " + (first + 5) + ")";
      case 2 -> column + " between " + first + " and " + (first + 40);
      case 3 -> column + " % 3 = 1";
      default -> column + " > " + value((long) (first / 2));
    };
  }

  /** A constant, or a question mark and its value. */
  private String value(Object value) {
    if (chance(40)) {
      parameters.add(value);
      return "?";
    }
    return value instanceof String text ? "'" + text.replace("'", "''") + "'" : value.toString();
  }

  private String direction() {
    return random.pick(
        List.of("", "", " asc", " desc", " nulls first", " desc nulls last", " asc nulls last"));
  }

  private String limit() {
    if (chance(50)) {
      return "";
    }
    if (chance(10)) {
      return " offset " + value((long) random.nextInt(5)) + " rows fetch first 3 rows only";
    }
    String limit = chance(5) ? " limit all" : " limit " + value((long) random.nextInt(25));
    return chance(40) ? limit + " offset " + value((long) random.nextInt(12)) : limit;
  }

  private Asked rows() {
    RandomFrom from = random.pick(RandomFrom.ALL);
    List<String> items = new ArrayList<>();
    boolean star = chance(15);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      items.add(chance(20) ? expression(from) : random.pick(from.columns()));
    }
    String select = star ? "*" : String.join(", ", items);
    String head = "select " + select + " from " + from.sql() + where(from);
    if (chance(30)) {
      String limit = limit();
      return asked("rows", head + limit, false, List.of(), !limit.isEmpty(), List.of());
    }
    List<String> keys = new ArrayList<>();
    List<Integer> shown = new ArrayList<>();
    boolean all = true;
    for (int i = random.nextInt(3); i >= 0; i--) {
      if (!star && chance(60)) {
        int at = random.nextInt(items.size());
        keys.add((chance(40) ? Integer.toString(at + 1) : items.get(at)) + direction());
        if (all) {
          shown.add(at);
        }
      } else {
        keys.add((chance(30) ? expression(from) : random.pick(from.columns())) + direction());
        all = false;
      }
    }
    if (from.sql().contains("purchases") && chance(15)) {
      keys.add("p.amount" + direction());
    }
    boolean total = chance(60);
    if (total) {
      keys.addAll(from.unique());
    }
    String order = " order by " + String.join(", ", keys);
    String limit = limit();
    return asked("sorted", head + order + limit, total, shown, !limit.isEmpty(), List.of());
  }

  private String expression(RandomFrom from) {
    String column = random.pick(from.columns());
    return switch (column.substring(2)) {
      case "name", "tag", "note", "city", "status", "label", "kind" ->
          random.pick(
              List.of(
                  "lower(" + column + ")",
                  column + " || 'x'",
                  "coalesce(" + column + ", 'none')",
                  "length(" + column + ")",
                  column + " collate \"C\""));
      case "age", "qty", "product", "id", "small", "customer_id" ->
          random.pick(
              List.of(
                  column + " % 4",
                  "-" + column,
                  "case when " + column + " > 3 then 'big' else 'small' end",
                  column + "::text",
                  column + " * 1.5"));
      case "made", "seen" -> "date_trunc('week', " + column + ")";
      default -> "coalesce(" + column + "::text, '-')";
    };
  }

  private record Aggregate(String sql, boolean floating) {}

  private Aggregate aggregate(RandomFrom from) {
    String column = random.pick(from.columns());
    String filter = chance(15) ? " filter (where " + predicate(from) + ")" : "";
    boolean number =
        List.of("age", "score", "small", "qty", "id", "price", "product")
            .contains(column.substring(2));
    String sql =
        switch (random.nextInt(number ? 12 : 8)) {
          case 0, 1 -> "count(*)";
          case 2 -> "count(" + column + ")";
          case 3 -> "count(distinct " + column + ")";
          case 4 ->
              (column.endsWith("vip") || column.endsWith("ref") ? "count(" : "min(") + column + ")";
          case 5 ->
              (column.endsWith("vip") || column.endsWith("ref") ? "count(" : "max(") + column + ")";
          case 6 ->
              random.pick(
                  List.of(
                      "array_agg(" + column + " order by " + column + ")",
                      "array_agg(distinct " + column + ")",
                      "bool_or(" + column + " is null)",
                      "every(" + column + " is not null)",
                      "string_agg(distinct " + column + "::text, ',')"));
          case 7 -> from.sql().contains("purchases") ? money() : "sum(c_or_g)";
          case 8 -> "sum(" + column + ")";
          case 9 -> "avg(" + column + ")";
          case 10 -> "sum(distinct " + column + ")";
          default ->
              random.pick(
                  List.of(
                      "bit_and(" + column + "::int)",
                      "stddev(" + column + ")",
                      "avg(distinct " + column + ")",
                      "percentile_disc(0.5) within group (order by " + column + ")"));
        };
    boolean floating = false;
    if (sql.contains("c_or_g")) {
      boolean customers = from.sql().contains("customers");
      sql = customers ? random.pick(List.of("sum(c.ratio)", "avg(c.ratio)")) : "sum(g.price)";
      floating = customers;
    }
    floating |= sql.contains("weight");
    return new Aggregate(sql + filter, floating);
  }

  private String money() {
    return random.pick(
        List.of(
            "sum(p.amount)",
            "avg(p.amount)",
            "max(p.amount)",
            "sum(p.weight)",
            "sum(p.span)",
            "avg(p.span)",
            "sum(p.amount * p.qty)",
            "avg(p.weight::float8)",
            "avg(p.weight)"));
  }

  private Asked groups() {
    RandomFrom from = random.pick(RandomFrom.ALL);
    int keyCount = random.nextInt(3);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      keys.add(chance(25) ? expression(from) : random.pick(from.columns()));
    }
    List<String> items = new ArrayList<>(keys);
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      groups.add(grouping(items, i));
    }
    List<Integer> floats = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      Aggregate one = aggregate(from);
      if (one.floating) {
        floats.add(items.size());
      }
      items.add(
          chance(15) && !one.floating ? "coalesce((" + one.sql + ")::text, 'x') || '!'" : one.sql);
    }
    StringBuilder sql = new StringBuilder("select ").append(String.join(", ", items));
    sql.append(" from ").append(from.sql()).append(where(from));
    if (!groups.isEmpty()) {
      sql.append(" group by ").append(String.join(", ", groups));
    }
    if (chance(20)) {
      sql.append(" having count(*) > ").append(value((long) random.nextInt(4)));
    }
    boolean ordered = chance(60) && keyCount > 0;
    if (ordered) {
      List<String> order = new ArrayList<>();
      if (chance(30)) {
        order.add("count(*)" + direction());
      }
      for (int i = 0; i < keyCount; i++) {
        order.add((i + 1) + direction());
      }
      sql.append(" order by ").append(String.join(", ", order));
    }
    String limit = ordered ? limit() : "";
    sql.append(limit);
    boolean total = ordered || keyCount == 0;
    return asked("groups", sql.toString(), total, List.of(), !limit.isEmpty(), floats);
  }

  /** How GROUP BY names an item: as it is, by its place, or by another name. */
  private String grouping(List<String> items, int index) {
    return switch (random.nextInt(4)) {
      case 0 -> Integer.toString(index + 1);
      case 1 -> {
        String item = items.get(index);
        String alias = random.pick(List.of("x", "g", "age", "name", "status")) + "_" + index;
        items.set(index, item + " as " + alias);
        yield alias;
      }
      default -> items.get(index);
    };
  }

  private Asked distinct() {
    RandomFrom from = random.pick(RandomFrom.ALL);
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      items.add(chance(20) ? expression(from) : random.pick(from.columns()));
    }
    String sql =
        "select distinct " + String.join(", ", items) + " from " + from.sql() + where(from);
    if (chance(40)) {
      return asked("distinct", sql, false, List.of(), false, List.of());
    }
    List<String> order =
        IntStream.range(0, items.size())
            .mapToObj(i -> (chance(50) ? Integer.toString(i + 1) : items.get(i)) + direction())
            .toList();
    String limit = limit();
    return asked(
        "distinct",
        sql + " order by " + String.join(", ", order) + limit,
        true,
        List.of(),
        !limit.isEmpty(),
        List.of());
  }

  private Asked union() {
    RandomFrom left = RandomFrom.ALL.get(0);
    RandomFrom right = RandomFrom.ALL.get(2);
    String all = chance(50) ? " union all " : " union ";
    String sql =
        "select c.id, c.city from "
            + left.sql()
            + where(left)
            + all
            + "select p.customer_id, p.status from "
            + right.sql()
            + where(right);
    if (chance(30)) {
      return asked("union", sql, false, List.of(), false, List.of());
    }
    String limit = limit();
    return asked(
        "union",
        sql + " order by " + random.pick(List.of("1, 2", "city, id", "id desc, city")) + limit,
        true,
        List.of(),
        !limit.isEmpty(),
        List.of());
  }

  private Asked window() {
    String sql =
        random.pick(
            List.of(
                "select p.id, row_number() over (partition by p.customer_id order by p.id) from"
                    + " purchases p",
                "select p.id, sum(p.qty) over w, count(*) over w from purchases p window w as"
                    + " (partition by p.customer_id)",
                "select p.customer_id, count(*), max(p.status) from purchases p group by"
                    + " p.customer_id",
                "select c.id, c.name, count(p.id) from customers c left join purchases p on"
                    + " p.customer_id = c.id group by c.id"));
    boolean ordered = chance(50);
    String limit = ordered ? limit() : "";
    return asked(
        "whole",
        ordered ? sql + " order by 1" + limit : sql,
        ordered,
        List.of(),
        !limit.isEmpty(),
        List.of());
  }

  private Asked write() {
    RandomFrom from = RandomFrom.ALL.get(chance(50) ? 0 : 2);
    boolean customers = from.sql().startsWith("customers");
    String returning =
        chance(60)
            ? " returning " + random.pick(from.columns()) + ", " + from.unique().getFirst()
            : "";
    String set = customers ? "age = age + 1" : "qty = qty + 1";
    String condition = chance(50) ? where(from) : " where " + predicate(from);
    return asked(
        "write",
        "update " + from.sql() + " set " + set + condition + returning,
        false,
        List.of(),
        false,
        List.of());
  }
}

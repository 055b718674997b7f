package dev.terrace.sql;

import java.util.ArrayList;
import java.util.List;

/** A FROM: what it is, columns by their types, and the columns that tell its rows apart. */
record RandomFrom(String sql, List<String> columns, List<String> unique, boolean sharded) {

  private static final List<String> CUSTOMER =
      List.of(
          "c.id", "c.name", "c.city", "c.age", "c.score", "c.ratio", "c.born", "c.vip", "c.tag",
          "c.ref", "c.seen", "c.small", "c.note");
  private static final List<String> PURCHASE =
      List.of(
          "p.id",
          "p.customer_id",
          "p.product",
          "p.qty",
          "p.made",
          "p.status",
          "p.weight",
          "p.span");
  private static final List<String> GOOD = List.of("g.id", "g.label", "g.price", "g.kind");

  static final List<RandomFrom> ALL =
      List.of(
          new RandomFrom("customers c", CUSTOMER, List.of("c.id"), true),
          new RandomFrom("customers c", CUSTOMER, List.of("c.id"), true),
          new RandomFrom("purchases p", PURCHASE, List.of("p.id"), true),
          new RandomFrom("purchases p", PURCHASE, List.of("p.id"), true),
          new RandomFrom(
              "customers c join purchases p on p.customer_id = c.id",
              both(CUSTOMER, PURCHASE),
              List.of("p.id"),
              true),
          new RandomFrom(
              "customers c left join purchases p on p.customer_id = c.id",
              both(CUSTOMER, PURCHASE),
              List.of("c.id", "p.id"),
              true),
          new RandomFrom(
              "purchases p join goods g on g.id = p.product",
              both(PURCHASE, GOOD),
              List.of("p.id"),
              true),
          new RandomFrom(
              "purchases p left join goods g on g.id = p.product",
              both(PURCHASE, GOOD),
              List.of("p.id"),
              true),
          new RandomFrom("goods g", GOOD, List.of("g.id"), false));

  private static List<String> both(List<String> left, List<String> right) {
    List<String> all = new ArrayList<>(left);
    all.addAll(right);
    return List.copyOf(all);
  }
}

package dev.terrace.sandbox.shop;

import dev.terrace.sandbox.shop.ShopTable.Row;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * The shop's rows, generated from a seed: the same seed and sizes give the same rows. Ids count
 * from 1; low product ids sell best and low user ids order most, as in a real shop a few do.
 */
public record ShopData(long seed, int products, int users, int orders, int events) {

  private static final OffsetDateTime OPENED =
      OffsetDateTime.of(2025, 7, 1, 8, 0, 0, 0, ZoneOffset.UTC);
  private static final LocalDate FIRST_EVENT = LocalDate.of(2025, 10, 1);
  private static final int EVENT_DAYS = 365;
  private static final int MINUTES_OPEN = 500 * 24 * 60;
  private static final List<String> STATES = List.of("paid", "packed", "shipped", "delivered");
  private static final List<String> KINDS = List.of("visit", "search", "like", "buy", "return");

  /** The demo's: 10,000 products, 20,000 users, 100,000 orders. */
  public static ShopData full() {
    return new ShopData(42, 10_000, 20_000, 100_000, 50_000);
  }

  /** For tests, loaded in a moment: 200 products, 300 users, 1,000 orders, 600 events. */
  public static ShopData small() {
    return new ShopData(42, 200, 300, 1_000, 600);
  }

  /** The names of all tables, in the order to load them. */
  public List<String> tables() {
    return List.of("products", "users", "orders", "carts", "events");
  }

  /**
   * A table and its rows.
   *
   * @throws IllegalArgumentException if the shop has no such table
   */
  public ShopTable table(String name) {
    return switch (name) {
      case "products" ->
          table(
              name,
              "id,name,price_cents,description,stock,updated_at",
              Optional.empty(),
              products,
              random -> id -> product(random, id + 1));
      case "users" ->
          table(
              name,
              "id,name,email,created_at",
              Optional.of("id"),
              users,
              random -> id -> user(random, id + 1));
      case "orders" ->
          table(
              name,
              "id,user_id,product_id,quantity,price_cents,status,created_at",
              Optional.of("user_id"),
              orders,
              random -> id -> order(random, id + 1));
      case "carts" ->
          table(
              name,
              "user_id,items,note,updated_at",
              Optional.of("user_id"),
              users / 4,
              random -> i -> cart(random, 4 * i + 1));
      case "events" ->
          table(
              name,
              "day,user_id,kind",
              Optional.of("day"),
              events,
              random -> i -> event(random, i));
      default -> throw new IllegalArgumentException("the shop has no table " + name);
    };
  }

  private ShopTable table(
      String name,
      String columns,
      Optional<String> key,
      int rows,
      Function<RandomGenerator, IntFunction<Row>> generator) {
    Iterable<Row> generated =
        () -> IntStream.range(0, rows).mapToObj(generator.apply(random(name))).iterator();
    return new ShopTable(name, List.of(columns.split(",", -1)), key, generated);
  }

  private RandomGenerator random(String table) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + table.hashCode());
  }

  private static Row product(RandomGenerator random, int id) {
    String name = ShopWords.product(random);
    return new Row(
        "",
        csv(
            id,
            name,
            price(random),
            ShopWords.description(random, name),
            20 + random.nextInt(480),
            moment(random)));
  }

  private static Row user(RandomGenerator random, int id) {
    String first = ShopWords.firstName(random);
    String last = ShopWords.lastName(random);
    String email = ShopWords.mailbox(first, last) + id + "@shop.example";
    return new Row("" + id, csv(id, first + " " + last, email, moment(random)));
  }

  private Row order(RandomGenerator random, int id) {
    int user = favourite(random, users);
    return new Row(
        "" + user,
        csv(
            id,
            user,
            favourite(random, products),
            1 + random.nextInt(3),
            price(random),
            STATES.get(random.nextInt(STATES.size())),
            moment(random)));
  }

  private Row cart(RandomGenerator random, int user) {
    StringBuilder items = new StringBuilder("{");
    int first = favourite(random, products);
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      items.append(i == 0 ? "" : ", ").append('"').append(first + i).append("\": ");
      items.append(1 + random.nextInt(2));
    }
    return new Row("" + user, csv(user, items.append('}'), "", moment(random)));
  }

  private Row event(RandomGenerator random, int index) {
    // Dealt out evenly, so that every range has some even when there are few.
    LocalDate day = FIRST_EVENT.plusDays(index % EVENT_DAYS);
    String kind = KINDS.get(random.nextInt(KINDS.size()));
    return new Row(day.toString(), csv(day, favourite(random, users), kind));
  }

  /** Low ids more often: the square of a uniform number puts half of all on the first quarter. */
  private static int favourite(RandomGenerator random, int count) {
    double uniform = random.nextDouble();
    return 1 + (int) (uniform * uniform * count);
  }

  private static int price(RandomGenerator random) {
    return 100 * (2 + random.nextInt(120)) - 1;
  }

  private static OffsetDateTime moment(RandomGenerator random) {
    return OPENED.plusMinutes(random.nextInt(MINUTES_OPEN));
  }

  private static String csv(Object... columns) {
    StringBuilder line = new StringBuilder(128);
    for (Object column : columns) {
      if (!line.isEmpty()) {
        line.append(',');
      }
      // Quoted, so that an empty text is not read as null.
      line.append('"').append(column.toString().replace("\"", "\"\"")).append('"');
    }
    return line.toString();
  }
}

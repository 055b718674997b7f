package dev.terrace.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.terrace.shop.Options.Endpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The shop's users and orders in SQL. Every statement names the user, so it concerns one shard,
 * though this code does not know that there are any.
 */
final class Database implements AutoCloseable {

  private static final int MOST_ORDERS_SHOWN = 50;

  private final Endpoint endpoint;
  private final HikariDataSource connections;
  private final Complaint complaint = new Complaint("SQL");

  Database(Endpoint endpoint, String login, String password, int poolSize) {
    this.endpoint = endpoint;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:postgresql://"
            + endpoint
            + "/shop?connectTimeout=2&socketTimeout=10&ApplicationName=shop");
    config.setUsername(login);
    config.setPassword(password);
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(2_000);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1); // the shop starts although the database is down
    config.setPoolName("shop");
    this.connections = new HikariDataSource(config);
  }

  record User(long id, String name, String email, OffsetDateTime createdAt) {}

  record Order(
      long id,
      long userId,
      long productId,
      int quantity,
      int priceCents,
      String status,
      OffsetDateTime createdAt) {}

  Optional<User> user(long id) throws Refusal {
    return ask(connection -> {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT id, name, email, created_at FROM users WHERE id = ?")) {
        statement.setLong(1, id);
        try (ResultSet rows = statement.executeQuery()) {
          return rows.next() ? Optional.of(user(rows)) : Optional.<User>empty();
        }
      }
    });
  }

  private static User user(ResultSet rows) throws SQLException {
    return new User(
        rows.getLong("id"),
        rows.getString("name"),
        rows.getString("email"),
        rows.getObject("created_at", OffsetDateTime.class));
  }

  /** The user's latest orders. */
  List<Order> orders(long userId) throws Refusal {
    return ask(connection -> {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT id, user_id, product_id, quantity, price_cents, status, created_at"
                  + " FROM orders WHERE user_id = ? ORDER BY created_at DESC, id DESC LIMIT "
                  + MOST_ORDERS_SHOWN)) {
        statement.setLong(1, userId);
        List<Order> orders = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            orders.add(order(rows));
          }
        }
        return orders;
      }
    });
  }

  private static Order order(ResultSet rows) throws SQLException {
    return new Order(
        rows.getLong("id"),
        rows.getLong("user_id"),
        rows.getLong("product_id"),
        rows.getInt("quantity"),
        rows.getInt("price_cents"),
        rows.getString("status"),
        rows.getObject("created_at", OffsetDateTime.class));
  }

  /**
   * Places an order in a transaction.
   *
   * @return the order's id; empty if there is no such user
   */
  Optional<Long> placeOrder(long userId, long productId, int quantity, int priceCents)
      throws Refusal {
    return ask(connection -> {
      connection.setAutoCommit(false);
      try {
        Optional<Long> id = insertOrder(connection, userId, productId, quantity, priceCents);
        connection.commit();
        return id;
      } catch (SQLException e) {
        rollBack(connection, e);
        throw e;
      }
    });
  }

  private static Optional<Long> insertOrder(
      Connection connection, long userId, long productId, int quantity, int priceCents)
      throws SQLException {
    try (PreparedStatement user =
        connection.prepareStatement("SELECT 1 FROM users WHERE id = ? FOR SHARE")) {
      user.setLong(1, userId);
      try (ResultSet rows = user.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
      }
    }
    long id = newId();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders (id, user_id, product_id, quantity, price_cents, status)"
                + " VALUES (?, ?, ?, ?, ?, 'paid')")) {
      insert.setLong(1, id);
      insert.setLong(2, userId);
      insert.setLong(3, productId);
      insert.setInt(4, quantity);
      insert.setInt(5, priceCents);
      insert.executeUpdate();
    }
    return Optional.of(id);
  }

  /** By time and then chance: a database sequence would be one per shard. */
  private static long newId() {
    return Instant.now().toEpochMilli() << 20 | ThreadLocalRandom.current().nextInt(1 << 20);
  }

  private static void rollBack(Connection connection, SQLException because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e); // the connection is gone: the server rolls back by itself
    }
  }

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private <T> T ask(Question<T> question) throws Refusal {
    try (Connection connection = connections.getConnection()) {
      return question.ask(connection);
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      // 08: no connection; 53, 57: the server has no room or shuts down; 25006: not the primary.
      boolean unavailable =
          e instanceof SQLTransientException
              || state.startsWith("08")
              || state.startsWith("53")
              || state.startsWith("57")
              || state.equals("25006");
      complaint.say(e);
      throw new Refusal(
          unavailable ? 503 : 500,
          unavailable
              ? "the database at " + endpoint + " does not answer"
              : "the database refused (SQLSTATE " + state + ")");
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}

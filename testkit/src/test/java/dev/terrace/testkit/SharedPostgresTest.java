package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.shop.ShopData;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class SharedPostgresTest {

  @Test
  void rowsAreWhereThePlacementSays() throws SQLException {
    ShopData data = ShopData.small();
    long users = 0;
    long orders = 0;
    for (int shard = 0; shard < 2; shard++) {
      PostgresServer primary = SharedPostgres.get().primary(shard);
      assertThat(count(primary, "products")).isEqualTo(data.products());
      assertThat(count(primary, "events")).isPositive();
      users += count(primary, "users");
      orders += count(primary, "orders");
      assertThat(count(SharedPostgres.get().replica(shard, 0), "orders"))
          .isEqualTo(count(primary, "orders"));
      try (Connection connection = primary.connect();
          Statement statement = connection.createStatement();
          ResultSet ids = statement.executeQuery("SELECT user_id FROM orders")) {
        while (ids.next()) {
          Key key = new Key.Whole(ids.getLong(1));
          assertThat(SharedPostgres.placement("orders").locate(key).shard()).isEqualTo(shard);
        }
      }
    }
    assertThat(users).isEqualTo(data.users());
    assertThat(orders).isEqualTo(data.orders());
  }

  private static long count(PostgresServer server, String table) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}

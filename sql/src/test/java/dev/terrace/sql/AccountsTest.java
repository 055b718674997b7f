package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may log in, and as whom servers see it. */
final class AccountsTest {

  private static final String QUERY =
      "auth-query: \"SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1 AND"
          + " rolcanlogin\"";
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestFront.sharedCluster();
    for (int shard = 0; shard < cluster.shards(); shard++) {
      cluster
          .primary(shard)
          .execute(
              "create role account_ann login; create role account_bob login password 'bobs';"
                  + "grant select on users to account_ann");
    }
    password("annes");
  }

  @AfterAll
  static void stop() throws Exception {
    for (int shard = 0; shard < cluster.shards(); shard++) {
      cluster
          .primary(shard)
          .execute(
              "drop owned by account_ann; drop role account_ann;"
                  + "drop owned by account_bob; drop role account_bob");
    }
  }

  /** The same verifier on all shards: what a client proves to one counts at all. */
  private static void password(String password) throws SQLException {
    cluster.primary(0).execute("alter role account_ann password '" + password + "'");
    String stored =
        TestFront.askServer(
            cluster.primary(0), "select rolpassword from pg_authid where rolname = 'account_ann'");
    for (int shard = 1; shard < cluster.shards(); shard++) {
      cluster.primary(shard).execute("alter role account_ann password '" + stored + "'");
    }
    cluster.awaitReplicas();
  }

  private static TestFront front(String sql) throws IOException {
    return TestFront.over(cluster, sql, "{from: primary}", 1);
  }

  private static void refused(TestFront front, String user, String password, String state) {
    assertThatThrownBy(() -> front.connect(user, password, "").close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void theDatabaseKnowsTheUsersAndServersSeeThem() throws Exception {
    try (TestFront front = front(QUERY + ", server-login: client");
        Connection ann = front.connect("account_ann", "annes", "")) {
      for (int user = 1; user <= 6; user++) {
        assertThat(ask(ann, "select current_user from users where id = " + user))
            .isEqualTo("account_ann");
      }
      assertThatThrownBy(() -> ask(ann, "select * from orders where user_id = 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      refused(front, "account_ann", "wrong", "28P01");
      refused(front, "account_nobody", "annes", "28P01");
      try (Connection shop = front.connect()) {
        assertThat(ask(shop, "select current_user from users where id = 1")).isEqualTo("shop");
      }
    }
  }

  @Test
  void aChangedPasswordCountsAfterAFailure() throws Exception {
    try (TestFront front = front(QUERY + ", auth-query-ttl: 1h")) {
      front.connect("account_ann", "annes", "").close();
      password("newer");
      try {
        Await.until(
            "the new password opens",
            () -> {
              try (Connection ann = front.connect("account_ann", "newer", "")) {
                return ask(ann, "select current_user from users where id = 1").equals("shop");
              } catch (SQLException e) {
                return false;
              }
            });
        refused(front, "account_ann", "annes", "28P01");
      } finally {
        password("annes");
      }
    }
  }

  @Test
  void aServerWithAnotherFormOfThePasswordSaysSo() throws Exception {
    try (TestFront front = front(QUERY + ", server-login: client")) {
      // Each shard made a salt of its own for bob.
      assertThatThrownBy(
              () -> {
                try (Connection bob = front.connect("account_bob", "bobs", "")) {
                  for (int shard = 0; shard < 2; shard++) {
                    // Without a table, which the role may not be allowed to read.
                    ask(bob, "/* terrace: shard=" + shard + " */ select 1");
                  }
                }
              })
          .hasMessageContaining("another form of it");
    }
  }

  @Test
  void aFailingAuthQueryIsSaid() throws Exception {
    try (TestFront front = front("auth-query: SELECT nonsense")) {
      assertThatThrownBy(() -> front.connect("account_ann", "annes", ""))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("auth-query failed");
    }
  }

  @Test
  void usersOfTheFileMayHaveRolesOfTheirOwn() throws Exception {
    String users =
        "users: {web: {password: w, server-user: account_ann, server-password: annes},"
            + " report: {password: r}}";
    try (TestFront front = front(users + ", max-server-connections: 1");
        Connection web = front.connect("web", "w", "");
        Connection report = front.connect("report", "r", "")) {
      // One connection in all, and it is never lent to the other role.
      for (int round = 0; round < 5; round++) {
        assertThat(ask(web, "select current_user from users where id = 1"))
            .isEqualTo("account_ann");
        assertThat(ask(report, "select current_user from users where id = 1")).isEqualTo("shop");
      }
    }
  }

  @Test
  void oldClientsAndThoseOfTheSameMachineHaveTheirMethods() throws Exception {
    String stored = "md5" + "0d107d09f5bbe40cade3de5c71e9e9b7";
    String users =
        "users: {old: {auth: md5, password: letmein}, hash: {auth: md5, password: "
            + md5("letmein", "hash")
            + "}, local: {auth: trust}, other: {auth: md5, password: "
            + stored
            + "}}";
    try (TestFront front = front(users);
        Connection old = front.connect("old", "letmein", "");
        Connection hash = front.connect("hash", "letmein", "");
        Connection local = front.connect("local", "", "")) {
      assertThat(ask(old, "select 1") + ask(hash, "select 2") + ask(local, "select 3"))
          .isEqualTo("123");
      refused(front, "old", "wrong", "28P01");
      refused(front, "other", "letmein", "28P01");
    }
  }

  private static String md5(String password, String user) throws SQLException {
    return TestFront.askServer(
        cluster.primary(0), "select 'md5' || md5('" + password + user + "')");
  }

  @Test
  void aVerifierStandsForAPassword() throws Exception {
    String stored =
        TestFront.askServer(
            cluster.primary(0), "select rolpassword from pg_authid where rolname = 'account_ann'");
    String users = "users: {account_ann: {password: \"" + stored.replace("$", "$$") + "\"}}";
    try (TestFront front = front(users + ", server-login: client");
        Connection ann = front.connect("account_ann", "annes", "")) {
      assertThat(ask(ann, "select current_user from users where id = 1")).isEqualTo("account_ann");
    }
  }

  @Test
  void oneListenerServesSeveralStores() throws Exception {
    cluster.primary(0).execute("create database account_other");
    String other =
        "other: {engine: postgresql, database: account_other, user: shop, password: shop, reads:"
            + " {from: primary}, shards: [{primary: "
            + cluster.primary(0).address()
            + "}]}";
    try (TestFront front =
        TestFront.over(
            cluster, "users: {shop: {password: shop}}", "{from: primary}", 1, "", other)) {
      String url = "jdbc:postgresql://127.0.0.1:" + front.port() + "/";
      for (String database : new String[] {"account_other", "other"}) {
        try (Connection connection = DriverManager.getConnection(url + database, "shop", "shop")) {
          assertThat(ask(connection, "select current_database()")).isEqualTo("account_other");
        }
      }
      try (Connection connection = front.connect()) {
        assertThat(ask(connection, "select current_database()")).isEqualTo("shop");
      }
      assertThatThrownBy(() -> DriverManager.getConnection(url + "nowhere", "shop", "shop"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
    } finally {
      cluster.primary(0).execute("drop database account_other with (force)");
    }
  }
}

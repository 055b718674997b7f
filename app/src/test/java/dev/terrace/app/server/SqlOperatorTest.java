package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.askServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.cli.TerraceCommand;
import dev.terrace.testkit.Await;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import picocli.CommandLine;
import redis.clients.jedis.Jedis;

/** {@code terrace sql} against a whole Terrace with real servers. */
class SqlOperatorTest {

  @TempDir private Path folder;

  private static String sql(ReplicatedShop shop, int status, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = TerraceCommand.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    List<String> all = new ArrayList<>(List.of("sql"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--admin", "127.0.0.1:" + shop.adminPort));
    int ended = line.execute(all.toArray(String[]::new));
    assertThat(ended).as(out.toString()).isEqualTo(status);
    return out.toString();
  }

  private static CompletableFuture<Integer> later(Connection connection, String statement) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try (Statement running = connection.createStatement()) {
        done.complete(running.executeUpdate(statement));
      } catch (SQLException e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  @Test
  void anOperatorLooksPausesResumesAndEnds() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 0, "");
        Connection writer = shop.connect();
        Connection victim = shop.connect()) {
      assertThat(sql(shop, 0, "pause", "--store", "shop", "--writes"))
          .contains("\"what\":\"writes\"", "\"running\":0");
      CompletableFuture<Integer> waits =
          later(writer, "update rows set body = 'written' where id = 1");
      Await.until("it waits", () -> sql(shop, 0, "show", "clients").contains("\"paused\""));
      assertThat(askServer(shop.cluster.primary(0), "select body from rows where id = 1"))
          .isEqualTo("row 1");
      assertThat(sql(shop, 0, "show", "shards")).contains("\"paused\":\"writes\"");
      assertThat(sql(shop, 0, "resume")).contains("\"resumed\":[{\"store\":\"shop\"");
      assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(sql(shop, 1, "resume")).contains("nothing of that was paused");
      assertThat(sql(shop, 0, "show", "statements"))
          .contains("\"query\":\"update rows set body = ? where id = ?\"", "\"calls\":1");

      int pid = victim.unwrap(PGConnection.class).getBackendPID();
      assertThat(sql(shop, 0, "kill", "--client", Integer.toString(pid))).contains("\"killed\":1");
      Await.until(
          "it is gone", () -> !sql(shop, 0, "show", "clients").contains("\"pid\":" + pid + ","));
      assertThat(sql(shop, 1, "kill", "--client", Integer.toString(pid)))
          .contains("there is no client");
      assertThat(sql(shop, 1, "kill")).contains("name a client or a user");
      assertThat(sql(shop, 1, "pause", "--store", "nix")).contains("serves no store 'nix'");
      assertThat(sql(shop, 1, "pause", "--shard", "7")).contains("no shard 7");
      assertThat(sql(shop, 1, "show", "nix")).contains("there is no view");
      assertThat(TerraceCommand.commandLine().execute("sql")).isEqualTo(2);
    }
  }

  @Test
  void keptResultsAreForgottenAndEndByTheKeyValueTier() throws Exception {
    String read = "/* terrace: cache 1h */ select body from rows where id = 5";
    String behind = "update rows set body = 'behind' where id = 5";
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 0, "");
        Connection reader = shop.connect();
        Jedis keys = new Jedis("127.0.0.1", shop.kvPort)) {
      Await.until(
          "results are kept", () -> sql(shop, 0, "show", "cache").contains("\"catalogue\":true"));
      assertThat(ask(reader, read)).isEqualTo("row 5");
      shop.cluster.primary(0).execute(behind);
      assertThat(ask(reader, read)).isEqualTo("row 5");
      keys.hset("row:5", "body", "by its key");
      assertThat(ask(reader, read)).isEqualTo("by its key");
      shop.cluster.primary(0).execute(behind);
      assertThat(ask(reader, read)).isEqualTo("by its key");
      assertThat(sql(shop, 0, "show", "cache")).contains("\"entries\":1", "\"hits\":2");
      assertThat(sql(shop, 0, "purge")).contains("\"purged\":1");
      assertThat(ask(reader, read)).isEqualTo("behind");
    }
  }
}

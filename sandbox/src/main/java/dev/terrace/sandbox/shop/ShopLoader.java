package dev.terrace.sandbox.shop;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.SandboxException;
import dev.terrace.sandbox.shop.ShopTable.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Brings the shop's data into the shards of a cluster, each row to where it belongs, by COPY. */
public final class ShopLoader {

  private static final int BATCH = 64 * 1024;

  private ShopLoader() {}

  /** Which shard a row belongs to; asked only for tables that have a sharding key. */
  @FunctionalInterface
  public interface Placing {

    /** The shard, counted from 0, of a table's row with this sharding key. */
    int shard(String table, String key);
  }

  /** The statements that create all tables. */
  public static String schema() {
    try (InputStream in = ShopLoader.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("the build lacks schema.sql");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates the tables on all shards, fills them, and waits until the replicas have them too. */
  public static void load(PostgresCluster cluster, ShopData data, Placing placing) {
    List<Connection> primaries = new ArrayList<>();
    try {
      for (int shard = 0; shard < cluster.shards(); shard++) {
        cluster.primary(shard).execute(schema());
        primaries.add(cluster.primary(shard).connect());
      }
      for (String table : data.tables()) {
        copy(primaries, data.table(table), placing);
      }
      for (int shard = 0; shard < cluster.shards(); shard++) {
        cluster.primary(shard).execute("ANALYZE");
      }
    } catch (SQLException e) {
      throw new SandboxException("cannot load the shop's data: " + e.getMessage(), e);
    } finally {
      primaries.forEach(ShopLoader::close);
    }
    cluster.awaitReplicas();
  }

  private static void copy(List<Connection> shards, ShopTable table, Placing placing)
      throws SQLException {
    List<CopyIn> streams = new ArrayList<>();
    List<StringBuilder> pending = new ArrayList<>();
    for (Connection shard : shards) {
      streams.add(shard.unwrap(PGConnection.class).getCopyAPI().copyIn(table.copyStatement()));
      pending.add(new StringBuilder());
    }
    for (Iterator<Row> rows = table.iterator(); rows.hasNext(); ) {
      Row row = rows.next();
      boolean everywhere = table.keyColumn().isEmpty();
      int only = everywhere ? -1 : placing.shard(table.name(), row.key());
      for (int shard = 0; shard < streams.size(); shard++) {
        if (everywhere || shard == only) {
          StringBuilder lines = pending.get(shard).append(row.csv()).append('\n');
          if (lines.length() >= BATCH) {
            send(streams.get(shard), lines);
          }
        }
      }
    }
    for (int shard = 0; shard < streams.size(); shard++) {
      send(streams.get(shard), pending.get(shard));
      streams.get(shard).endCopy();
    }
  }

  private static void send(CopyIn stream, StringBuilder lines) throws SQLException {
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    stream.writeToCopy(bytes, 0, bytes.length);
    lines.setLength(0);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      System.getLogger(ShopLoader.class.getName())
          .log(System.Logger.Level.DEBUG, () -> "while closing: " + e.getMessage());
    }
  }
}

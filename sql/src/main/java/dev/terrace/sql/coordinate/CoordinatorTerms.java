package dev.terrace.sql.coordinate;

import dev.terrace.config.Secret;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.CoordinatorConfig;
import dev.terrace.config.StoreConfig.StoreTlsMode;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerTls;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a coordinator is made from, for one version of the file.
 *
 * @param database the store's on the shards
 */
public record CoordinatorTerms(
    CoordinatorConfig config,
    String database,
    String login,
    Optional<Secret> password,
    Optional<ServerTls> tls,
    String sslMode,
    List<Table> tables,
    List<Address> servers) {

  public CoordinatorTerms {
    tables = List.copyOf(tables);
    servers = List.copyOf(servers);
  }

  /** What the file says of a store's coordinator, if it has one. */
  public static Optional<CoordinatorTerms> of(
      TerraceConfig file, String name, StoreConfig store, Optional<ServerTls> tls) {
    if (store.coordinator().isEmpty() || store.shards().size() < 2) {
      return Optional.empty();
    }
    List<Table> tables =
        file.tables().entrySet().stream()
            .filter(table -> table.getValue().store().equals(name))
            .map(table ->
                Table.of(
                    table.getKey(),
                    table.getValue().shard().over(store.shards().size()),
                    table.getValue().shard().columns()))
            .toList();
    String sslMode =
        store.tls().map(t -> t.mode()).orElse(StoreTlsMode.DISABLE).name().toLowerCase(Locale.ROOT);
    return Optional.of(
        new CoordinatorTerms(
            store.coordinator().get(),
            store.database(),
            store.login(),
            store.password(),
            tls,
            sslMode.replace('_', '-'),
            tables,
            store.shards().stream().flatMap(shard -> shard.servers().stream()).toList()));
  }

  /** The server that the file names, if it does. */
  public Optional<Address> server() {
    return config.server();
  }

  /** As whom the coordinator's database is used. */
  Account account() {
    return in(config.database());
  }

  Account in(String otherDatabase) {
    return new Account(login, otherDatabase, password.map(ServerPassword::of), tls);
  }
}

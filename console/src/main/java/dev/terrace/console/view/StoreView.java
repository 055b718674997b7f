package dev.terrace.console.view;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.core.place.Placement;
import dev.terrace.core.signal.Metric;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store: its shards, each with its servers, and where its tables' rows live. */
public record StoreView(
    String name, String engine, String database, List<ShardView> shards, List<TableView> tables) {

  public StoreView {
    shards = List.copyOf(shards);
    tables = List.copyOf(tables);
  }

  /**
   * One shard.
   *
   * @param perSecond SQL statements that it was sent
   * @param servers the primary first, then the replicas
   */
  public record ShardView(int shard, double perSecond, List<ServerView> servers) {
    public ShardView {
      servers = List.copyOf(servers);
    }
  }

  /**
   * A server of a shard.
   *
   * @param role primary or replica
   */
  public record ServerView(String role, MemberView member) {}

  /**
   * A table's placement.
   *
   * @param rule hash, range, everywhere or single
   * @param column the sharding key; null if there is none
   * @param shards the shards that hold its rows: of a range, one per range in order
   */
  public record TableView(
      String name,
      String rule,
      @Nullable String column,
      List<String> splits,
      List<Integer> shards) {
    public TableView {
      splits = List.copyOf(splits);
      shards = List.copyOf(shards);
    }
  }

  /** All stores of the file. */
  public static List<StoreView> all(Subject subject) {
    return subject.file().stores().entrySet().stream()
        .map(e -> of(subject, e.getKey(), e.getValue()))
        .toList();
  }

  private static StoreView of(Subject subject, String name, StoreConfig store) {
    int shards = store.shards().size();
    return new StoreView(
        name,
        store.engine().name().toLowerCase(Locale.ROOT),
        store.database(),
        IntStream.range(0, shards).mapToObj(shard -> shard(subject, name, shard)).toList(),
        subject.file().tables().entrySet().stream()
            .filter(e -> e.getValue().store().equals(name))
            .map(e -> table(e.getKey(), e.getValue(), shards))
            .toList());
  }

  private static ShardView shard(Subject subject, String store, int shard) {
    String number = Integer.toString(shard);
    List<ServerView> primary = servers(subject, "primary", PoolSpecs.primary(store, shard));
    List<ServerView> replicas =
        servers(subject, "replica", PoolSpecs.replicas(store, shard)).stream()
            .map(server -> withLag(subject, server))
            .toList();
    return new ShardView(
        shard,
        Subject.rounded(subject.rates().perSecondOf(Metric.SQL_STATEMENTS, store, number)),
        Stream.concat(primary.stream(), replicas.stream()).toList());
  }

  private static List<ServerView> servers(Subject subject, String role, String pool) {
    return subject
        .pools()
        .find(pool)
        .map(p ->
            p.snapshot().members().stream()
                .map(m ->
                    new ServerView(
                        role, MemberView.of(subject, pool, subject.memberships().apply(pool), m)))
                .toList())
        .orElse(List.of());
  }

  private static ServerView withLag(Subject subject, ServerView server) {
    return subject
        .replicas()
        .flatMap(progress -> progress.of(server.member().id()))
        .map(seen -> new ServerView(server.role(), server.member().withLag(seen)))
        .orElse(server);
  }

  private static TableView table(String name, TableConfig table, int shards) {
    List<Integer> all = IntStream.range(0, shards).boxed().toList();
    return switch (table.shard()) {
      case ShardRule.Hash hash -> new TableView(name, "hash", hash.name(), List.of(), all);
      case ShardRule.Range range -> {
        List<String> splits = range.splits().stream().map(key -> key.text()).toList();
        List<Integer> owners =
            range.over(shards) instanceof Placement.Range placed ? placed.owners() : all;
        yield new TableView(name, "range", range.name(), splits, owners);
      }
      case ShardRule.Directory named ->
          new TableView(
              name,
              named.others().isPresent() ? "list" : "hash",
              named.name(),
              named.at().keySet().stream().map(key -> key.text()).toList(),
              List.copyOf(named.at().values()));
      case ShardRule.Everywhere() -> new TableView(name, "everywhere", null, List.of(), all);
      case ShardRule.Single() -> new TableView(name, "single", null, List.of(), List.of(0));
    };
  }
}

package dev.terrace.console.view;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.Sighting;
import dev.terrace.core.place.Placement;
import dev.terrace.core.signal.Metric;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
   * @param timeline the primary's, 0 before any was known
   * @param servers the primary first, then the replicas
   */
  public record ShardView(int shard, double perSecond, int timeline, List<ServerView> servers) {
    public ShardView {
      servers = List.copyOf(servers);
    }
  }

  /**
   * A server of a shard.
   *
   * @param role primary or replica, by the place that it has
   * @param kind what it is by what it says: primary, replica, fenced, orphaned, detached, silent or
   *     unknown; null before any check
   * @param timeline whose log it writes or streams; null if unknown
   * @param streaming whether its primary's log reaches it; null for what is no standby
   * @param position how far its log is written or replayed; null if unknown
   * @param lagBytes how much of the log it lacked when last checked; null if not measured
   */
  public record ServerView(
      String role,
      @Nullable String kind,
      @Nullable Integer timeline,
      @Nullable Boolean streaming,
      @Nullable String position,
      @Nullable Long lagBytes,
      MemberView member) {}

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
    return new ShardView(
        shard,
        Subject.rounded(subject.rates().perSecondOf(Metric.SQL_STATEMENTS, store, number)),
        subject.replication().roles().of(store, shard).map(ShardRoles::timeline).orElse(0),
        Stream.of(PoolSpecs.primary(store, shard), PoolSpecs.replicas(store, shard))
            .flatMap(pool -> servers(subject, store, shard, pool))
            .toList());
  }

  private static Stream<ServerView> servers(Subject subject, String store, int shard, String name) {
    String role = name.equals(PoolSpecs.primary(store, shard)) ? "primary" : "replica";
    Optional<ShardRoles> roles = subject.replication().roles().of(store, shard);
    return subject.pools().find(name).stream()
        .flatMap(pool -> pool.snapshot().members().stream())
        .map(m ->
            server(
                subject,
                role,
                roles,
                MemberView.of(subject, name, subject.memberships().apply(name), m)));
  }

  private static ServerView server(
      Subject subject, String role, Optional<ShardRoles> roles, MemberView plain) {
    Optional<Progress> seen = subject.replication().progress().of(plain.id());
    MemberView member = seen.map(plain::withLag).orElse(plain);
    Long lagBytes = seen.map(Progress::lagBytes).orElse(null);
    String kind =
        roles.map(r -> r.role(plain.id()).kind().name().toLowerCase(Locale.ROOT)).orElse(null);
    return switch (roles.map(r -> r.seen().get(plain.id())).orElse(null)) {
      case Sighting.Primary(LogMark mark) ->
          new ServerView(
              role, kind, mark.timeline(), null, mark.lsn().toString(), lagBytes, member);
      case Sighting.Standby standby ->
          new ServerView(
              role,
              kind,
              standby.timeline().isPresent() ? (Integer) standby.timeline().getAsInt() : null,
              standby.streams(),
              standby.replayed().toString(),
              lagBytes,
              member);
      case Sighting.Silent silent -> new ServerView(role, kind, null, null, null, lagBytes, member);
      case null -> new ServerView(role, kind, null, null, null, lagBytes, member);
    };
  }

  private static TableView table(String name, TableConfig table, int shards) {
    List<Integer> all = IntStream.range(0, shards).boxed().toList();
    return switch (table.shard()) {
      case ShardRule.Hash hash ->
          new TableView(name, "hash", String.join(", ", hash.columns()), List.of(), all);
      case ShardRule.Range range -> {
        List<String> splits = range.splits().stream().map(key -> key.text()).toList();
        List<Integer> owners =
            range.over(shards) instanceof Placement.Range placed ? placed.owners() : all;
        yield new TableView(name, "range", String.join(", ", range.columns()), splits, owners);
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

package dev.terrace.sql.session;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.cache.CacheCounts;
import dev.terrace.sql.cache.StoreCache;
import dev.terrace.sql.operate.JsonRows;
import dev.terrace.sql.operate.Pause;
import dev.terrace.sql.operate.StatementCounts;
import dev.terrace.sql.operate.StatementTotal;
import dev.terrace.sql.plan.View;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.session.Latencies.Latency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of the {@link View}s, as they are at one moment. */
public final class ViewRows {

  private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Survey survey;
  private final List<Survey.Seen> seen;
  private final List<Glance> glances;

  private ViewRows(Survey survey, List<Survey.Seen> seen) {
    this.survey = survey;
    this.seen = seen;
    this.glances = seen.stream().flatMap(one -> one.sessions().stream()).toList();
  }

  /** The rows of some views, each with its columns in their order. */
  public static CompletableFuture<Map<View, List<List<@Nullable Object>>>> of(
      Survey survey, Set<View> views) {
    return each(survey, views, ViewRows::rows);
  }

  /** As {@link #of}, each view's rows as an array of objects in JSON. */
  static CompletableFuture<Map<View, String>> json(Survey survey, List<View> views) {
    return each(survey, views, (rows, view) -> JsonRows.of(view.names(), rows.rows(view)));
  }

  private static <T> CompletableFuture<Map<View, T>> each(
      Survey survey, Collection<View> views, BiFunction<ViewRows, View, T> form) {
    return survey
        .look()
        // Not on an event loop: clients may be many.
        .thenApplyAsync(
            seen -> {
              ViewRows rows = new ViewRows(survey, seen);
              Map<View, T> all = new EnumMap<>(View.class);
              views.forEach(view -> all.put(view, form.apply(rows, view)));
              return all;
            },
            Thread::startVirtualThread);
  }

  private List<List<@Nullable Object>> rows(View view) {
    return switch (view) {
      case POOLS -> pools();
      case CLIENTS -> glances.stream().map(Glance::row).toList();
      case SERVERS -> servers();
      case STATEMENTS -> statements();
      case CACHE -> survey.stores().entrySet().stream().map(ViewRows::cache).toList();
      case SHARDS -> shards();
    };
  }

  private List<List<@Nullable Object>> pools() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    survey
        .stores()
        .forEach((name, store) -> {
          List<Glance> its = glances.stream().filter(g -> g.store().equals(name)).toList();
          Members members = store.service().members();
          for (int shard = 0; shard < members.shards(); shard++) {
            pool(rows, store, its, shard, "primary", members.primaryPool(shard));
            pool(rows, store, its, shard, "replica", members.replicaPool(shard));
          }
        });
    return rows;
  }

  private void pool(
      List<List<@Nullable Object>> rows,
      Shared store,
      List<Glance> its,
      int shard,
      String role,
      Pool pool) {
    ServerPools pools = store.pools();
    String name = store.service().store();
    for (PoolMember member : pool.snapshot().members()) {
      Address address = member.member().address();
      List<Glance> waiting =
          its.stream().filter(g -> g.waitingFor().filter(member.id()::equals).isPresent()).toList();
      long uses =
          its.stream()
              .filter(g -> g.uses().stream().anyMatch(c -> c.address().equals(address)))
              .count();
      int open = pools.open(address);
      int idle = pools.idle(address);
      Latency latency = store.service().meters().latencies().of(shard, member.id());
      rows.add(
          Arrays.asList(
              name,
              shard,
              role,
              member.id(),
              member.state().name().toLowerCase(Locale.ROOT),
              store.service().config().pool().name().toLowerCase(Locale.ROOT),
              uses,
              waiting.size(),
              open - idle,
              idle,
              open,
              store.service().config().maxServerConnections(),
              waiting.stream().mapToLong(Glance::waitNanos).max().orElse(0)
                  / TimeUnit.MICROSECONDS.toNanos(1),
              survey.pauses().holds(name, shard, role.equals("replica")),
              latency.meanMillis(),
              latency.p99Millis()));
    }
  }

  private List<List<@Nullable Object>> servers() {
    Map<ServerConnection, Integer> users = new HashMap<>();
    glances.forEach(g -> g.uses().forEach(connection -> users.put(connection, g.pid())));
    return seen.stream()
        .flatMap(one -> one.connections().stream())
        .map(c -> server(c, users.get(c.connection())))
        .toList();
  }

  private static List<@Nullable Object> server(Survey.Connection seen, @Nullable Integer user) {
    ServerConnection connection = seen.connection();
    return Arrays.asList(
        connection.address().toString(),
        connection.account().database(),
        connection.account().user(),
        (int) (connection.cancelKey() >>> Integer.SIZE),
        seen.free() ? "idle" : user == null ? "kept" : "active",
        Instant.ofEpochMilli(connection.openedMillis()).toString(),
        connection.account().tls().isPresent(),
        connection.statements().size(),
        user);
  }

  private List<List<@Nullable Object>> statements() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    survey
        .merged(seen.stream().map(Survey.Seen::statements).toList())
        .forEach((store, totals) -> totals.forEach(total -> rows.add(statement(store, total))));
    return rows;
  }

  private static List<@Nullable Object> statement(String store, StatementTotal total) {
    return Arrays.asList(
        total.id() == StatementCounts.OTHERS ? null : total.id(),
        store,
        total.text(),
        total.calls(),
        total.errors(),
        total.rows(),
        total.nanos() / MILLI,
        total.nanos() / MILLI / total.calls(),
        total.maxNanos() / MILLI,
        total.waitNanos() / MILLI);
  }

  private static List<@Nullable Object> cache(Map.Entry<String, Shared> store) {
    StoreCache cache = store.getValue().cache();
    CacheCounts counts = cache.counts();
    return Arrays.asList(
        store.getKey(),
        counts.entries(),
        counts.bytes(),
        counts.hits(),
        counts.misses(),
        counts.staleOnes(),
        counts.evictedOnes(),
        counts.notKeptOnes(),
        cache.knowsCatalogue());
  }

  private List<List<@Nullable Object>> shards() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Shared store : survey.stores().values()) {
      Service service = store.service();
      for (int shard = 0; shard < service.members().shards(); shard++) {
        int number = shard;
        PoolMember primary =
            service.members().primaryPool(shard).snapshot().members().stream()
                .findFirst()
                .orElse(null);
        Pool replicas = service.members().replicaPool(shard);
        String paused =
            survey.pauses().active().stream()
                .map(Pause::scope)
                .filter(scope -> scope.store().equals(service.store()) && scope.covers(number))
                .map(scope -> scope.what().name().toLowerCase(Locale.ROOT))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        Latency latency = service.meters().latencies().of(shard);
        rows.add(
            Arrays.asList(
                service.store(),
                shard,
                primary == null ? null : primary.id(),
                primary == null ? "none" : primary.state().name().toLowerCase(Locale.ROOT),
                replicas.snapshot().members().size(),
                replicas.snapshot().available().size(),
                service.meters().statements(shard, false),
                service.meters().statements(shard, true),
                paused.isEmpty() ? null : paused,
                latency.meanMillis(),
                latency.p99Millis()));
      }
    }
    return rows;
  }
}

package dev.terrace.sql.plan;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation;
import dev.terrace.core.signal.Explanation.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says where a statement would go, and why, without sending it. */
public final class SqlExplain {

  private static final String TIER = "sql";

  private final TerraceConfig file;
  private final Pools pools;
  private final String store;
  private final StoreConfig config;
  private final List<Step> steps = new ArrayList<>();

  private SqlExplain(TerraceConfig file, Pools pools, String store, StoreConfig config) {
    this.file = file;
    this.pools = pools;
    this.store = store;
    this.config = config;
  }

  /** The way of each statement of a text; parameters ($1) have no value here. */
  public static Explanation explain(TerraceConfig file, Pools pools, String sql) {
    List<Step> steps = new ArrayList<>();
    for (String store : file.sql().served(file.databases())) {
      StoreConfig config = file.databases().get(store);
      if (config != null) {
        SqlExplain explain = new SqlExplain(file, pools, store, config);
        explain.statements(sql);
        steps.addAll(explain.steps);
      }
    }
    return new Explanation(
        steps.isEmpty()
            ? List.of(new Step(TIER, "store", "none", "the file has no store that is served"))
            : steps);
  }

  private void step(String subject, String choice, String reason) {
    steps.add(new Step(TIER, subject, choice, reason));
  }

  private void statements(String sql) {
    step("store", store, "serves the SQL front");
    List<Plan> plans = new StatementPlanner(file, store).planAll(sql);
    if (plans.isEmpty()) {
      step("statement", "none", "the text is empty");
    }
    for (Plan plan : plans) {
      String tables = plan.tables().isEmpty() ? "no tables" : String.join(", ", plan.tables());
      step("statement", plan.kind().name(), tables);
      routing(plan, plan.explain(Parameters.NONE));
      CacheTerms.of(file, store).ifPresent(terms -> cache(plan, terms));
    }
  }

  private void cache(Plan plan, CacheTerms terms) {
    Optional<Duration> ttl = terms.ttl(plan);
    Optional<String> unsteady = CacheTerms.unsteady(plan);
    if (ttl.isEmpty()) {
      step("cache", "not kept", CacheTerms.unasked(plan));
    } else if (unsteady.isPresent()) {
      step("cache", "not kept", unsteady.get());
    } else {
      step(
          "cache",
          "kept for " + ttl.get().toString().substring(2).toLowerCase(Locale.ROOT),
          "outside of transactions, and if the servers' catalogue shows nothing against it");
    }
  }

  private void routing(Plan plan, Routing routing) {
    switch (routing) {
      case Routing.One(int shard, boolean readOnly, String reason) -> {
        step("shard", Integer.toString(shard), reason);
        role(shard, readOnly);
      }
      case Routing.AnyShard(boolean readOnly, String reason) -> {
        step("shard", "any", reason);
        role(0, readOnly);
      }
      case Routing.Some(List<Integer> shards, boolean readOnly, Gather gather, String reason) ->
          several(shards, readOnly, gather, reason);
      case Routing.All(boolean readOnly, Gather gather, String reason) ->
          several(
              IntStream.range(0, config.shards().size()).boxed().toList(),
              readOnly,
              gather,
              reason);
      case Routing.Coordinated(Routing.Refused otherwise) -> coordinator(otherwise);
      case Routing.Session(String reason) -> step("shard", "the session's", reason);
      case Routing.Refused(String sqlState, String message, String hint) -> {
        step("shard", "refused " + sqlState, message);
        if (!hint.isEmpty()) {
          step("hint", hint, "what would work");
        }
      }
    }
    if (plan.needsParameters()) {
      step("parameters", "not given", "with their values the key may choose one shard");
    }
  }

  private void several(List<Integer> shards, boolean readOnly, Gather gather, String reason) {
    String named = shards.stream().map(s -> Integer.toString(s)).collect(Collectors.joining(", "));
    step("shard", named, reason);
    Gather.Told told = gather.told();
    step("gather", told.choice(), told.reason());
    told.steps().forEach(sent -> step(sent.subject(), sent.text(), "what is sent"));
    shards.forEach(shard -> role(shard, readOnly));
  }

  private void coordinator(Routing.Refused otherwise) {
    step("shard", "coordinator", otherwise.message());
    config
        .coordinator()
        .ifPresent(coordinator ->
            step(
                "coordinator",
                "database " + coordinator.database(),
                coordinator
                    .server()
                    .map(server -> "on " + server)
                    .orElse("on the first shard's primary")));
  }

  /** The pool that the statement goes to on a shard, and how its members are. */
  private void role(int shard, boolean readOnly) {
    boolean hasReplicas = !config.shards().get(shard).replicas().isEmpty();
    boolean replica = readOnly && hasReplicas && config.reads().from() == ReadFrom.REPLICAS;
    String reason;
    if (!readOnly) {
      reason = "it is not provably a read";
    } else if (replica) {
      reason = "it provably changes nothing; the primary serves it if no replica can";
    } else {
      reason = hasReplicas ? "reads: {from: primary}" : "the shard has no replicas";
    }
    step("role", replica ? "replica" : "primary", reason);
    String pool = replica ? PoolSpecs.replicas(store, shard) : PoolSpecs.primary(store, shard);
    step(
        "pool", pool, pools.find(pool).map(p -> members(p.snapshot().members())).orElse("unknown"));
  }

  private static String members(List<PoolMember> members) {
    return members.stream()
        .map(m -> m.id() + " " + m.state().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}

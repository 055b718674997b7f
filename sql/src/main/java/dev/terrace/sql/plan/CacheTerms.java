package dev.terrace.sql.plan;

import dev.terrace.config.SqlConfig.SqlCacheConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the file says of keeping results of one store.
 *
 * @param ttls for how long, by table as plans name it
 */
public record CacheTerms(SqlCacheConfig config, Map<String, Duration> ttls) {

  /** Texts that PostgreSQL reads as times of now: {@code 'today'}. */
  private static final Pattern TIME_OF_NOW =
      Pattern.compile("\\b(now|today|tomorrow|yesterday)\\b", Pattern.CASE_INSENSITIVE);

  public CacheTerms {
    ttls = Map.copyOf(ttls);
  }

  /** Of a store; empty if nothing is kept of it. */
  public static Optional<CacheTerms> of(TerraceConfig file, String store) {
    Map<String, Duration> ttls = new HashMap<>();
    for (Map.Entry<String, TableConfig> table : file.tables().entrySet()) {
      if (table.getValue().store().equals(store)) {
        table.getValue().cache().ifPresent(cache -> ttls.put(table.getKey(), cache.ttl()));
      }
    }
    return ttls.isEmpty() && file.sql().cache().isEmpty()
        ? Optional.empty()
        : Optional.of(new CacheTerms(config(file), ttls));
  }

  /** The limits that hold for all stores together. */
  public static SqlCacheConfig config(TerraceConfig file) {
    return file.sql().cache().orElse(SqlCacheConfig.DEFAULT);
  }

  /**
   * For how long the file, or the statement's author, has its result kept; empty for not at all.
   */
  public Optional<Duration> ttl(Plan plan) {
    return switch (plan.keeping()) {
      case Keeping.Never() -> Optional.empty();
      case Keeping.For(Duration ttl) -> Optional.of(ttl);
      case Keeping.Unsaid() ->
          plan.kind() == StatementKind.READ ? shortest(plan) : Optional.empty();
    };
  }

  private Optional<Duration> shortest(Plan plan) {
    Duration shortest = null;
    for (String table : plan.tables()) {
      Duration its = ttls.get(table);
      if (its == null) {
        return Optional.empty();
      }
      shortest = shortest == null || its.compareTo(shortest) < 0 ? its : shortest;
    }
    return Optional.ofNullable(shortest);
  }

  /** Why nobody asks for a statement's result to be kept. */
  public static String unasked(Plan plan) {
    if (plan.keeping() instanceof Keeping.Never) {
      return "its comment says no-cache";
    }
    return plan.kind() == StatementKind.READ
        ? "not all of its tables have cache, and no comment asks for it"
        : "it is not provably a read";
  }

  /** Why a result may be another although its tables are the same; empty if it may not. */
  public static Optional<String> unsteady(Plan plan) {
    if (plan.kind() != StatementKind.READ) {
      return Optional.of(plan.effects().unsteady().orElse("it is not provably a read"));
    }
    if (plan.wantsPrimary() && !(plan.keeping() instanceof Keeping.For)) {
      return Optional.of("its comment asks for the primary");
    }
    return plan.effects()
        .unsteady()
        .or(() ->
            speaksOfNow(plan.sql())
                ? Optional.of("it may speak of the present time")
                : Optional.empty());
  }

  /** Whether a text may be read as a time that depends on when it is read. */
  public static boolean speaksOfNow(CharSequence text) {
    return TIME_OF_NOW.matcher(text).find();
  }
}

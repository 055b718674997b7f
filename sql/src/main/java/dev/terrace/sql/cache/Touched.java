package dev.terrace.sql.cache;

import dev.terrace.sql.plan.Effects;
import dev.terrace.sql.plan.Effects.Beyond;
import java.util.HashSet;
import java.util.Set;

/**
 * What a transaction has changed so far, as far as its statements tell.
 *
 * @param tables as plans name them
 * @param beyond what else it may have changed
 */
public record Touched(Set<String> tables, Beyond beyond) {

  public static final Touched NOTHING = new Touched(Set.of(), Beyond.NOTHING);

  /** Any row, by means that nobody has looked into. */
  public static final Touched ANY_TABLE = new Touched(Set.of(), Beyond.ANY_TABLE);

  public Touched {
    tables = Set.copyOf(tables);
  }

  /** One table. */
  public static Touched of(String table) {
    return new Touched(Set.of(table), Beyond.NOTHING);
  }

  /** This and what a statement does. */
  public Touched and(Effects effects) {
    return and(new Touched(effects.writes(), effects.beyond()));
  }

  /** Both. */
  public Touched and(Touched other) {
    Set<String> both = new HashSet<>(tables);
    both.addAll(other.tables);
    return new Touched(both, beyond.compareTo(other.beyond) > 0 ? beyond : other.beyond);
  }

  public boolean isNothing() {
    return tables.isEmpty() && beyond == Beyond.NOTHING;
  }
}

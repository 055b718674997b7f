package dev.terrace.sql.cache;

import dev.terrace.sql.plan.CacheTerms;
import dev.terrace.sql.plan.Keeping;
import dev.terrace.sql.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Decides whether a statement's result may be kept, and writes to which tables end that. */
final class Keepable {

  private Keepable() {}

  /**
   * The verdict about a statement.
   *
   * @param catalogue empty while it is not known
   */
  static Verdict of(Plan plan, CacheTerms terms, Optional<Catalogue> catalogue) {
    Optional<Duration> ttl = terms.ttl(plan);
    if (ttl.isEmpty()) {
      return new Verdict.Unasked(CacheTerms.unasked(plan));
    }
    Optional<String> unsteady = CacheTerms.unsteady(plan);
    if (unsteady.isPresent()) {
      return new Verdict.Not(NotKept.UNSTEADY, unsteady.get());
    }
    if (catalogue.isEmpty()) {
      return new Verdict.Not(NotKept.CATALOGUE, "the servers' catalogue is not known now");
    }
    Optional<String> own = catalogue.get().own(plan.effects().calls());
    if (own.isPresent()) {
      return new Verdict.Not(
          NotKept.UNSTEADY, "the database has a function " + own.get() + " of its own");
    }
    boolean asked = plan.keeping() instanceof Keeping.For;
    return switch (catalogue.get().read(plan.tables(), asked)) {
      case Catalogue.Reach.Known(Set<String> tables) -> new Verdict.Keep(ttl.get(), tables);
      case Catalogue.Reach.Unknown(String why) -> new Verdict.Not(NotKept.TABLE, why);
    };
  }
}

import org.jspecify.annotations.NullMarked;

/** Values and decisions of every tier: no I/O, no threads and no clock of its own. */
@NullMarked
module dev.terrace.core {
  requires static transitive org.jspecify;

  exports dev.terrace.core.attempt;
  exports dev.terrace.core.balance;
  exports dev.terrace.core.freshness;
  exports dev.terrace.core.health;
  exports dev.terrace.core.place;
  exports dev.terrace.core.pool;
  exports dev.terrace.core.route;
  exports dev.terrace.core.signal;
}

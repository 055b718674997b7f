package dev.terrace.sql.session;

/** Makes one answer of what the legs of a {@link Scatter} answer. */
interface Gatherer {

  /** All legs are there. */
  void start();

  /** The client takes more, or wants more rows than before. */
  void goOn();

  /** Whether a leg is needed for anything more. */
  boolean needs(ScatterLeg leg);

  /** Whether nothing of what a leg answers was used yet, so that another may answer instead. */
  default boolean isUnused(ScatterLeg leg) {
    return false;
  }

  /** Another server has taken the place of one that {@link #isUnused}. */
  default void replaced(ScatterLeg by) {
    throw new IllegalStateException("no leg can be replaced");
  }

  /** The tag of the whole statement, which is complete. */
  String tag();

  /** The statement has failed: servers that wait for more are told to end. */
  default void breakOff() {}

  /** Lets go of what is kept. */
  void release();
}

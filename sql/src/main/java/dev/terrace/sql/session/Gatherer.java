package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.plan.Limits;

/** Makes one answer of what the legs of a {@link Scatter} answer. */
interface Gatherer {
  /** The one for what a statement asks for. */
  static Gatherer of(Scatter scatter) {
    return switch (scatter.where().gather()) {
      case Gather.Simple simple ->
          simple == Gather.Simple.CONCATENATE
                  && scatter.where().readOnly()
                  && scatter.rows().isWindowed()
              ? new LimitGatherer(
                  scatter, new Gather.Limited(scatter.work().plan().sql(), 0, Limits.ALL))
              : new PlainGatherer(scatter, simple);
      case Gather.Limited limited -> new LimitGatherer(scatter, limited);
      case Gather.CopyIn copy -> new CopyInGatherer(scatter, copy);
      case Gather.CopyOut copy -> new CopyOutGatherer(scatter, copy);
      case Gather.Split split -> new SplitGatherer(scatter, split);
      case Gather.Sorted(var sorted) -> new SortGatherer(scatter, sorted);
      case Gather.Combined(var combination) -> new CombineGatherer(scatter, combination);
    };
  }

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

package dev.terrace.console.reshard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The move of a store's rows to other shards while it serves, as an operator sees it. */
public final class Reshard {

  private Reshard() {}

  /**
   * What is asked for.
   *
   * @param file the file that is to be served afterwards
   * @param check whether both sides are compared before the new one serves
   */
  public record Request(Action action, String file, boolean check) {}

  /** What is to be done. */
  public enum Action {
    /** Say what would move. */
    PLAN,
    /** Begin, or go on with what was begun before a restart. */
    START,
    /** Undo what was begun. */
    ABORT
  }

  /** How far it is. */
  public enum Phase {
    /** None was asked for since the process started. */
    NONE,
    /** It was looked at, and nothing was done. */
    PLANNED,
    /** Publications and subscriptions are made. */
    PREPARING,
    /** Rows are copied, and their changes follow. */
    COPYING,
    /** Both sides are compared. */
    CHECKING,
    /** Statements wait; the new shards take over. */
    CUTTING_OVER,
    /** What is not needed any more is removed. */
    CLEANING_UP,
    /** The new file is served. */
    DONE,
    /** It was undone. */
    ABORTED,
    /** It has stopped; what was served before still is, unless the message says otherwise. */
    FAILED
  }

  /**
   * A part of the rows that goes from a shard to another.
   *
   * @param from where from, as {@code shop/0 at 10.0.0.1:5432}
   * @param to where to
   * @param tables how many tables
   * @param copied how many of them are there but for changes on their way
   * @param lagBytes how much of the log is on its way; null if it is not known yet
   */
  public record Flow(String from, String to, int tables, int copied, @Nullable Long lagBytes) {}

  /**
   * What there is to say of it.
   *
   * @param store the store that it is of; "" if none
   * @param running whether it is under way
   * @param problems what keeps it from being done, a line each
   * @param notes what an operator should know, a line each
   * @param pausedMillis how long statements waited at the cut-over; null before that
   */
  public record Status(
      Phase phase,
      String store,
      boolean running,
      String message,
      List<Flow> flows,
      List<String> problems,
      List<String> notes,
      @Nullable Long pausedMillis) {

    public Status {
      flows = List.copyOf(flows);
      problems = List.copyOf(problems);
      notes = List.copyOf(notes);
    }

    /** When none was asked for. */
    public static final Status NONE =
        new Status(
            Phase.NONE,
            "",
            false,
            "no resharding since the start",
            List.of(),
            List.of(),
            List.of(),
            null);
  }
}

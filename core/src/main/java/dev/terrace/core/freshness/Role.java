package dev.terrace.core.freshness;

/**
 * The part that a database server has in its shard.
 *
 * @param reason for people: what it rests on
 */
public record Role(Kind kind, String reason) {

  /** The parts. */
  public enum Kind {
    /** Takes the writes. */
    PRIMARY,
    /** Follows the primary, and may be read from as far as it has come. */
    REPLICA,
    /** Says that it is primary while a later one is: nothing may be sent to it. */
    FENCED,
    /** Follows another history than the primary's. */
    ORPHANED,
    /** In recovery, and follows nobody. */
    DETACHED,
    /** Cannot be asked. */
    SILENT,
    /** Not checked yet, or nothing is known to judge it by. */
    UNKNOWN
  }
}

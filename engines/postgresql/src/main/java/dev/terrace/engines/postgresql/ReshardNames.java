package dev.terrace.engines.postgresql;

/**
 * What the parts of one resharding are called in the databases, so that it is found again after a
 * crash. All names begin with {@code terrace_}.
 *
 * @param id tells this resharding from others: eight hexadecimal digits
 */
public record ReshardNames(String id) {

  private static final String PREFIX = "terrace_";

  /** What all publications of reshardings match. */
  static final String PUBLICATIONS = "^terrace_[0-9a-f]{8}_[0-9]+$";

  /** What all subscriptions and slots of reshardings match. */
  static final String SUBSCRIPTIONS = "^terrace_[0-9a-f]{8}_[0-9]+_[0-9]+$";

  /** What the names of all prepared transactions of reshardings begin with. */
  static final String FAREWELL = "terrace reshard ";

  public ReshardNames {
    if (!id.matches("[0-9a-f]{8}")) {
      throw new IllegalArgumentException("an id is of eight hexadecimal digits");
    }
  }

  /** What the names of its publications and subscriptions begin with. */
  String prefix() {
    return PREFIX + id + "_";
  }

  /** The publication of what goes to a shard. */
  String publication(int to) {
    return prefix() + to;
  }

  /** The subscription of a shard to what comes from another, and its replication slot. */
  String subscription(int from, int to) {
    return prefix() + from + "_" + to;
  }

  /** The prepared transaction that takes away what has left a shard. */
  String farewell() {
    return FAREWELL + id;
  }
}

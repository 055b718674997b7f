package dev.terrace.core.pool;

/** Whether a member may be given work. */
public enum MemberState {
  /** In rotation. */
  UP,
  /** Back after a failure, or new: in rotation, meant to be given less than its share at first. */
  WARMING,
  /** Finishes what it has, is given nothing new. */
  DRAINING,
  /** Failed too much of its work, and is left out for a while. */
  EJECTED,
  /** Failed its health checks. */
  DOWN;

  /** Whether a picker may choose a member in this state. */
  public boolean takesNewWork() {
    return this == UP || this == WARMING;
  }
}

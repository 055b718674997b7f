package dev.terrace.sql.server;

/**
 * Whose state a server connection may have. A session is one until it ends, or forgets all it has
 * done by DISCARD ALL.
 */
public final class Owner {

  private boolean leftUnknown;
  private boolean gone;

  /** Nobody knows what it left on a connection. */
  void leavesUnknown() {
    leftUnknown = true;
  }

  /** Whether nobody knows what it left. */
  public boolean hasLeftUnknown() {
    return leftUnknown;
  }

  void goes() {
    gone = true;
  }

  /** Whether nobody will ask for what it left. */
  boolean isGone() {
    return gone;
  }
}

package dev.terrace.sql.plan;

/** What a statement leaves behind in the server's session, beyond its transaction. */
public enum Residue {
  /** Nothing. */
  NOTHING,

  /** Nobody can tell: it calls a function that is not known, or runs a block of code. */
  UNKNOWN,

  /** It asks for what an earlier statement of the session left behind, as currval does. */
  RECALLS,

  /**
   * What later statements of the session rely on: a temporary table, a cursor WITH HOLD, an
   * advisory lock, LISTEN, PREPARE, a setting whose value is not known.
   */
  HELD,

  /** The same, and nothing wipes it: the seed of random(). */
  INDELIBLE;

  /** Whether the session must stay where it is. */
  public boolean holdsSession() {
    return compareTo(RECALLS) >= 0;
  }

  /** The one of two that leaves more. */
  Residue and(Residue other) {
    return compareTo(other) < 0 ? other : this;
  }
}

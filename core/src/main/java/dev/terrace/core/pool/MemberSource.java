package dev.terrace.core.pool;

/** Where it is said that a member belongs to a pool. */
public enum MemberSource {
  /** The pool's {@code members} in the file. */
  FILE("file"),
  /** An answer of DNS. */
  DNS("dns"),
  /** A list of members in a file of its own, which is watched. */
  WATCHED_FILE("file-watch"),
  /** An operator, through the admin API. */
  API("api");

  private final String word;

  MemberSource(String word) {
    this.word = word;
  }

  /** What the API, the log and the console call it. */
  public String word() {
    return word;
  }
}

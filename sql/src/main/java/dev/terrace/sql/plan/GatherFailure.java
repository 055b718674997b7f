package dev.terrace.sql.plan;

/** Why the answers of several shards cannot be made one. */
public final class GatherFailure extends Exception {

  private static final long serialVersionUID = 1;

  private final String hint;

  GatherFailure(String detail, String hint) {
    super(detail, null, false, false);
    this.hint = hint;
  }

  /** What the statement has or does, to follow "the statement ". */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** What would work instead. */
  public String hint() {
    return hint;
  }
}

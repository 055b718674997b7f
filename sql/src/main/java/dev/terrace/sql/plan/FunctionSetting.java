package dev.terrace.sql.plan;

/**
 * A setting that a statement makes by set_config.
 *
 * @param local whether it ends with the transaction
 */
public record FunctionSetting(String name, String value, boolean local) {

  /** A statement that makes it again. */
  public String sql() {
    return "SELECT pg_catalog.set_config("
        + Quoted.text(name)
        + ","
        + Quoted.text(value)
        + ","
        + local
        + ")";
  }
}

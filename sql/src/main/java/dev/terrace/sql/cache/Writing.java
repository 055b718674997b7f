package dev.terrace.sql.cache;

/**
 * A write that is under way at a server: nothing is kept meanwhile of the tables that it may reach.
 */
public final class Writing {

  private final Runnable end;
  private final boolean schema;
  private final boolean everything;
  private final long generation;

  /**
   * A write.
   *
   * @param schema whether it may change the schema
   * @param everything whether it may reach any table
   * @param generation of the catalogue, by which the tables were found that it may reach
   */
  Writing(Runnable end, boolean schema, boolean everything, long generation) {
    this.end = end;
    this.schema = schema;
    this.everything = everything;
    this.generation = generation;
  }

  void end() {
    end.run();
  }

  boolean isOfSchema() {
    return schema;
  }

  boolean isOfEverything() {
    return everything;
  }

  long generation() {
    return generation;
  }
}

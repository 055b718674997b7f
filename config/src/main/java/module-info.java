import org.jspecify.annotations.NullMarked;

/** The file: YAML to checked records, its problems, its schema. */
@NullMarked
module dev.terrace.config {
  requires transitive dev.terrace.core;
  requires static transitive org.jspecify;

  exports dev.terrace.config;
}

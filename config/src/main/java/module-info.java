import org.jspecify.annotations.NullMarked;

/** The file: YAML to checked records, its problems, its schema. */
@NullMarked
module dev.terrace.config {
  requires com.fasterxml.jackson.databind;
  requires transitive dev.terrace.core;
  requires static transitive org.jspecify;
  requires org.snakeyaml.engine.v2;

  exports dev.terrace.config;
  exports dev.terrace.config.file;
}

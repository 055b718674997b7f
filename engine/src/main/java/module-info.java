import org.jspecify.annotations.NullMarked;

/** The interface to a data store. */
@NullMarked
module dev.terrace.engine {
  requires transitive dev.terrace.core;
  requires static transitive org.jspecify;

  exports dev.terrace.engine;
  exports dev.terrace.engine.link;

  uses dev.terrace.engine.EngineProvider;
}

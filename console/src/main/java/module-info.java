import org.jspecify.annotations.NullMarked;

/** The admin API, the metrics and the live page. */
@NullMarked
module dev.terrace.console {
  requires transitive dev.terrace.config;
  requires transitive dev.terrace.core;
  requires transitive dev.terrace.net;
  requires com.fasterxml.jackson.databind;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires jdk.httpserver;
  requires static transitive org.jspecify;

  exports dev.terrace.console;
  exports dev.terrace.console.reshard;

  // Jackson reads the views' components.
  opens dev.terrace.console.view to
      com.fasterxml.jackson.databind;
}

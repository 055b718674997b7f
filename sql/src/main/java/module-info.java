import org.jspecify.annotations.NullMarked;

/** The SQL front: PostgreSQL's protocol routed to shards and replicas. */
@NullMarked
module dev.terrace.sql {
  requires transitive dev.terrace.config;
  requires transitive dev.terrace.core;
  requires transitive dev.terrace.net;
  requires com.github.benmanes.caffeine;
  requires com.ongres.scram.common;
  requires io.netty.codec;
  requires java.naming;
  requires static transitive org.jspecify;

  exports dev.terrace.sql;
  exports dev.terrace.sql.operate;
  exports dev.terrace.sql.plan;
}

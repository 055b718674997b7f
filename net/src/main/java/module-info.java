import org.jspecify.annotations.NullMarked;

/** Sockets, event loops, connection pools, health checks and discovery. */
@NullMarked
module dev.terrace.net {
  requires transitive dev.terrace.core;
  requires transitive io.netty.buffer;
  requires transitive io.netty.common;
  requires transitive io.netty.handler;
  requires transitive io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires transitive io.netty.transport.unix.common;
  requires io.netty.codec;
  requires io.netty.codec.dns;
  requires io.netty.codec.haproxy;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.resolver;
  requires io.netty.resolver.dns;
  requires java.net.http;
  requires static com.github.spotbugs.annotations;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.shredzone.acme4j;
  requires static transitive org.jspecify;

  exports dev.terrace.net;
  exports dev.terrace.net.acme;
  exports dev.terrace.net.discovery;
  exports dev.terrace.net.health;
  exports dev.terrace.net.proxy;
  exports dev.terrace.net.takeover;
  exports dev.terrace.net.tls;
}

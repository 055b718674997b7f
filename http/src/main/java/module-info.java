import org.jspecify.annotations.NullMarked;

/** The HTTP front: a load balancer for HTTP/1.1, HTTP/2 and HTTP/3. */
@NullMarked
module dev.terrace.http {
  requires transitive dev.terrace.core;
  requires transitive dev.terrace.config;
  requires transitive dev.terrace.net;
  requires com.aayushatharva.brotli4j;
  requires com.github.luben.zstd_jni;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.codec.http3;
  requires io.netty.codec.classes.quic;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.opentelemetry.api;
  requires io.opentelemetry.exporter.otlp;
  requires io.opentelemetry.sdk.common;
  requires io.opentelemetry.sdk.trace;
  requires static transitive org.jspecify;

  exports dev.terrace.http;
}

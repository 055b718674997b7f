package dev.terrace.http.trace;

import dev.terrace.http.observe.RequestText;
import dev.terrace.http.observe.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;
import java.util.Set;

/** Makes spans of what is known of an exchange, by OpenTelemetry's conventions for HTTP. */
final class Spans {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT");

  private final Resource resource;

  Spans(Resource resource) {
    this.resource = resource;
  }

  /** Adds the exchange's spans. */
  void of(TraceEntry entry, List<SpanData> to) {
    SpanContext own = context(entry.context(), entry.context().span());
    to.add(server(entry, own));
    for (int i = 0; i < entry.tries().size(); i++) {
      to.add(client(entry, entry.tries().get(i), i, own));
    }
  }

  private static SpanContext context(TraceContext trace, long span) {
    return SpanContext.create(
        trace.traceId(), SpanId.fromLong(span), TraceFlags.getSampled(), TraceState.getDefault());
  }

  private SpanData server(TraceEntry entry, SpanContext own) {
    RequestText sent = entry.sent();
    String method = sent.method();
    AttributesBuilder attributes = Attributes.builder();
    method(method, attributes);
    String target = sent.target();
    int query = target.indexOf('?');
    attributes.put("url.scheme", entry.secure() ? "https" : "http");
    attributes.put("url.path", query < 0 ? target : target.substring(0, query));
    if (query >= 0) {
      attributes.put("url.query", target.substring(query + 1));
    }
    put("server.address", sent.host(), attributes);
    attributes.put("client.address", entry.client());
    attributes.put("network.protocol.name", "http");
    attributes.put("network.protocol.version", version(entry.protocol()));
    put("http.route", entry.route(), attributes);
    put("user_agent.original", sent.userAgent(), attributes);
    attributes.put("http.response.status_code", entry.status());
    attributes.put("http.request.body.size", entry.bytesIn());
    attributes.put("http.response.body.size", entry.bytesOut());
    put("terrace.pool", entry.pool(), attributes);
    put("terrace.reason", entry.reason(), attributes);
    boolean failed = entry.status() >= 500;
    if (failed) {
      String reason = entry.reason();
      attributes.put("error.type", reason.isEmpty() ? String.valueOf(entry.status()) : reason);
    }
    TraceContext trace = entry.context();
    return new FinishedSpan(
        resource,
        name(method) + (entry.route().isEmpty() ? "" : " " + entry.route()),
        SpanKind.SERVER,
        own,
        trace.parent() == TraceContext.NO_SPAN
            ? SpanContext.getInvalid()
            : context(trace, trace.parent()),
        failed ? StatusData.error() : StatusData.unset(),
        entry.start(),
        entry.end(),
        attributes.build());
  }

  private SpanData client(TraceEntry entry, TraceEntry.Try attempt, int index, SpanContext parent) {
    RequestText sent = entry.sent();
    String method = sent.method();
    AttributesBuilder attributes = Attributes.builder();
    method(method, attributes);
    attributes.put("server.address", attempt.member().host());
    attributes.put("server.port", attempt.member().port());
    attributes.put("url.full", "http://" + attempt.member() + sent.target());
    attributes.put("terrace.pool", entry.pool());
    attributes.put("terrace.policy", attempt.why());
    attributes.put("terrace.connection.reused", attempt.reused());
    if (attempt.connected() != 0) {
      attributes.put("terrace.connect.nanos", attempt.connected() - attempt.start());
    }
    if (index > 0) {
      attributes.put("http.request.resend_count", index);
    }
    if (attempt.status() > 0) {
      attributes.put("http.response.status_code", attempt.status());
    }
    boolean failed = attempt.failure() != null || attempt.status() >= 400;
    if (failed) {
      attributes.put(
          "error.type",
          attempt.failure() != null ? attempt.failure().name() : String.valueOf(attempt.status()));
    }
    return new FinishedSpan(
        resource,
        name(method),
        SpanKind.CLIENT,
        context(entry.context(), attempt.span()),
        parent,
        failed ? StatusData.error() : StatusData.unset(),
        attempt.start(),
        attempt.end(),
        attributes.build());
  }

  /** As the conventions name it: 1.0, 1.1, 2, 3. */
  private static String version(String protocol) {
    String version = protocol.substring("HTTP/".length());
    return version.equals("2.0") || version.equals("3.0") ? version.substring(0, 1) : version;
  }

  /** Methods that nobody knows go into no name: clients could make as many as they like. */
  private static String name(String method) {
    return METHODS.contains(method) ? method : "HTTP";
  }

  private static void method(String method, AttributesBuilder attributes) {
    boolean known = METHODS.contains(method);
    attributes.put("http.request.method", known ? method : "_OTHER");
    if (!known) {
      put("http.request.method_original", method, attributes);
    }
  }

  private static void put(String name, String value, AttributesBuilder attributes) {
    if (!value.isEmpty()) {
      attributes.put(name, value);
    }
  }
}

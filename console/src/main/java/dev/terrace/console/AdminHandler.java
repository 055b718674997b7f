package dev.terrace.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.terrace.core.pool.Address;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** One exchange, from its head to the end of its answer; each has a virtual thread. */
final class AdminHandler implements HttpHandler {

  /** The largest body; commands have none, but a client may send something small. */
  static final int BODY_BYTES_MAX = 16 << 10;

  private static final System.Logger LOG = System.getLogger(AdminHandler.class.getName());

  private static final Duration TRANSFER_MAX = Duration.ofSeconds(20);
  private static final int NO_BODY = -1;
  private static final int NOT_MODIFIED = 304;
  private static final String EVENTS = "/api/events";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Routes routes;
  private final Assets assets = new Assets();
  private final EventStreams streams;
  private final Live live;
  private final Deadlines deadlines;
  private final Supplier<List<Address>> listening;

  AdminHandler(
      Routes routes,
      EventStreams streams,
      Live live,
      Deadlines deadlines,
      Supplier<List<Address>> listening) {
    this.routes = routes;
    this.streams = streams;
    this.live = live;
    this.deadlines = deadlines;
    this.listening = listening;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      secure(exchange.getResponseHeaders());
      Optional<Call> call = Optional.empty();
      Answer answer;
      try {
        Headers headers = exchange.getRequestHeaders();
        String accept = Objects.requireNonNullElse(headers.getFirst("Accept"), "");
        call = Call.of(exchange.getRequestMethod(), exchange.getRequestURI(), accept);
        answer = answer(exchange, call);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "an admin request failed: " + call, e);
        answer =
            Answer.problem(
                Answer.INTERNAL_ERROR, "the request failed inside Terrace", "see its log for why");
      }
      if (answer == STREAM) {
        stream(exchange);
      } else {
        Answer whole = answer;
        deadlines.within(TRANSFER_MAX, () -> send(exchange, whole));
      }
    }
  }

  /** Stands for an answer that does not end. */
  private static final Answer STREAM = Answer.text(Answer.OK, "");

  private Answer answer(HttpExchange exchange, Optional<Call> call) throws IOException {
    if (call.isEmpty()) {
      return Answer.problem(
          Answer.BAD_REQUEST, "the address is malformed", "percent-encode what is not plain");
    }
    Headers headers = exchange.getRequestHeaders();
    URI uri = exchange.getRequestURI();
    Optional<Answer> refusal =
        Gate.refuse(
            exchange.getRequestMethod(),
            uri,
            headers.getOrDefault("Host", List.of()),
            headers.getOrDefault(Gate.HEADER, List.of()),
            listening.get());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    boolean[] tooLarge = new boolean[1];
    deadlines.within(TRANSFER_MAX, () -> tooLarge[0] = isTooLarge(exchange));
    if (tooLarge[0]) {
      return Answer.problem(
              Answer.TOO_LARGE, "the body is too large", "commands take no body: send none")
          .with("Connection", "close");
    }
    boolean get = call.get().method().equals("GET");
    if (call.get().path().equals(EVENTS) && exchange.getRequestMethod().equals("GET")) {
      return streams.tryEnter()
          ? STREAM
          : Answer.problem(
              Answer.UNAVAILABLE,
              "all " + EventStreams.STREAMS_MAX + " live streams are taken",
              "close a console that nobody looks at");
    }
    Optional<Assets.Asset> asset = assets.find(call.get().path());
    if (asset.isPresent()) {
      return get ? file(headers, asset.get()) : Routes.wrongMethod("GET, HEAD");
    }
    return routes.answer(call.get());
  }

  private static Answer file(Headers headers, Assets.Asset asset) {
    boolean known = asset.tag().equals(headers.getFirst("If-None-Match"));
    return known
        ? new Answer(NOT_MODIFIED, asset.contentType(), asset.whole().headers(), new byte[0])
        : asset.whole();
  }

  private static boolean isTooLarge(HttpExchange exchange) throws IOException {
    // Not closed: what the server has to say comes on the same connection.
    InputStream body = exchange.getRequestBody();
    return body.readNBytes(BODY_BYTES_MAX + 1).length > BODY_BYTES_MAX;
  }

  private static void secure(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.contentType());
    answer.headers().forEach(headers::set);
    byte[] body = answer.body();
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head || answer.status() == NOT_MODIFIED) {
      if (head) {
        headers.set("Content-Length", Integer.toString(body.length));
      }
      exchange.sendResponseHeaders(answer.status(), NO_BODY);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? NO_BODY : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void stream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    streams.serve(exchange, live.beginning());
  }
}

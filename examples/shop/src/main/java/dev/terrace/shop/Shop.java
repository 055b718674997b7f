package dev.terrace.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One process of the shop. It needs a port to listen on, a PostgreSQL and a Redis address; in the
 * demo both are Terrace's.
 */
public final class Shop implements AutoCloseable {

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "port", "9001",
          "sql", "127.0.0.1:6432",
          "kv", "127.0.0.1:6380",
          "user", "shop",
          "password", "shop",
          "pool", "16");
  private static final Logger LIBRARIES = Logger.getLogger("com.zaxxer.hikari");
  private static final int STOP_SECONDS = 5;

  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Catalogue catalogue;
  private final Database database;
  private final Pages pages;

  private Shop(Options options) throws Options.Wrong, IOException {
    int port = options.number("port", 0, 65535);
    int pool = options.number("pool", 1, 1000);
    Options.Endpoint sql = options.endpoint("sql");
    Options.Endpoint kv = options.endpoint("kv");
    this.http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    this.catalogue = new Catalogue(kv, pool);
    this.database = new Database(sql, options.text("user"), options.text("password"), pool);
    String server =
        "shop on port "
            + http.getAddress().getPort()
            + ", process "
            + ProcessHandle.current().pid();
    this.pages = new Pages(catalogue, database, server);
    http.setExecutor(threads);
    http.createContext("/", this::serve);
  }

  /** Starts one in this process. */
  static Shop start(Map<String, String> environment, String... arguments)
      throws Options.Wrong, IOException {
    Shop shop = new Shop(Options.parse(DEFAULTS, environment, arguments));
    shop.http.start();
    return shop;
  }

  /** Runs until TERM: then it takes no more requests and finishes those in hand. */
  public static void main(String... arguments) {
    // Its head and its body go out as two writes; without this the second waits for an ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT %4$s %3$s: %5$s%6$s%n");
    LIBRARIES.setLevel(Level.SEVERE); // the shop itself says what it could not reach
    try {
      Shop shop = start(System.getenv(), arguments);
      Runtime.getRuntime().addShutdownHook(new Thread(shop::close, "stop"));
      System.out.println("The shop listens on http://127.0.0.1:" + shop.port());
    } catch (Options.Wrong e) {
      System.err.println("shop: " + e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      System.err.println("shop: cannot listen: " + e.getMessage() + " (choose another --port)");
      System.exit(1);
    }
  }

  int port() {
    return http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(STOP_SECONDS);
    threads.shutdownNow();
    catalogue.close();
    database.close();
  }

  private void serve(HttpExchange exchange) {
    try (exchange) {
      send(exchange, reply(exchange));
    } catch (IOException e) {
      // The visitor went away: nobody is left to tell.
      System.getLogger("shop").log(System.Logger.Level.DEBUG, e.toString());
    }
  }

  private Reply reply(HttpExchange exchange) throws IOException {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    boolean json = accept != null && accept.contains("application/json");
    try {
      return pages.answer(Request.of(exchange));
    } catch (Refusal e) {
      return pages.refusal(e.status(), e.message(), json);
    } catch (RuntimeException e) {
      System.getLogger("shop")
          .log(System.Logger.Level.ERROR, exchange.getRequestURI().toString(), e);
      return pages.refusal(500, "The shop made a mistake and has written it down", json);
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    boolean bodiless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(reply.status(), bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
  }
}

package dev.terrace.console;

import com.sun.net.httpserver.HttpServer;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import dev.terrace.net.Front;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The admin front: API, metrics and the live page, on the JDK's HTTP server with a virtual thread
 * per exchange. It is control plane: blocking, and away from the event loops.
 */
public final class Console implements Front<TerraceConfig> {

  private static final String LISTENER = "admin";
  private static final int BACKLOG = 128;

  static {
    // The JDK's server has its limits in system properties, read when its first one is made.
    limit("sun.net.httpserver.maxReqTime", "30"); // seconds for a head and its body
    limit("sun.net.httpserver.nodelay", "true"); // an event is not held back for the next
    limit("jdk.httpserver.maxConnections", "256");
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Deadlines deadlines = new Deadlines();
  private final EventStreams streams;
  private final Live live;
  private final AdminHandler handler;
  private final Map<Address, HttpServer> open = new LinkedHashMap<>();
  private volatile List<Address> listening = List.of();
  private boolean started;

  /** Listens nowhere yet. */
  public Console(Sources sources, Signals signals) {
    Overview overview = new Overview(sources, signals);
    streams = new EventStreams(signals, deadlines);
    live = new Live(overview, streams, deadlines);
    handler = new AdminHandler(new Routes(overview), streams, live, deadlines, () -> listening);
  }

  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    List<Address> wanted = file.listen().admin();
    Map<Address, HttpServer> fresh = new LinkedHashMap<>();
    for (Address address : wanted) {
      if (!open.containsKey(address)) {
        try {
          fresh.put(address, bind(address));
        } catch (IOException e) {
          fresh.values().forEach(server -> server.stop(0));
          throw new BindFailure(LISTENER, address, e);
        }
      }
    }
    open.entrySet()
        .removeIf(listener -> {
          boolean gone = !wanted.contains(listener.getKey());
          if (gone) {
            listener.getValue().stop(0);
          }
          return gone;
        });
    open.putAll(fresh);
    listening = List.copyOf(wanted);
    fresh.values().forEach(HttpServer::start);
    if (!started) {
      started = true;
      live.start();
    }
  }

  private HttpServer bind(Address address) throws IOException {
    if (!address.isLoopback()) {
      throw new IOException("the admin API has no password, so it is served on loopback only");
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(address.host(), address.port()), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", handler);
    return server;
  }

  /** The addresses listened on, with the ports that the system chose where 0 was asked for. */
  public synchronized List<Address> addresses() {
    List<Address> addresses = new ArrayList<>();
    open.forEach(
        (asked, server) -> addresses.add(new Address(asked.host(), server.getAddress().getPort())));
    return addresses;
  }

  @Override
  public CompletableFuture<Void> drain(Duration deadline) {
    streams.close();
    int seconds = (int) Math.min(Integer.MAX_VALUE, deadline.toSeconds());
    return CompletableFuture.runAsync(() -> stop(seconds), threads);
  }

  private synchronized void stop(int seconds) {
    open.values().forEach(server -> server.stop(seconds));
    open.clear();
  }

  @Override
  public void close() {
    streams.close();
    live.close();
    stop(0);
    threads.shutdownNow();
  }
}

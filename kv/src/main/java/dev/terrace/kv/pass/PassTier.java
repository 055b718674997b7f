package dev.terrace.kv.pass;

import dev.terrace.config.KvConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The file's Redis stores, and each event loop's connections to their nodes. */
public final class PassTier implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);

  private final List<LoopNodes> all = new ArrayList<>();
  private final Map<EventLoop, LoopNodes> byLoop = new HashMap<>();
  private final PassViews views = new PassViews();
  private final Counter[] counts;
  private final Map<Long, Passage> passages = new ConcurrentHashMap<>();
  private List<Mover> movers = List.of();
  private volatile PassView view;
  private volatile Settings settings =
      new Settings(Duration.ofSeconds(5), 65_536, 256L << 20, 5000);

  /** What the file says of it. */
  record Settings(Duration storeTimeout, int waitingMax, long unsentMax, int movesPerSecond) {}

  /** No stores yet. */
  public PassTier(EventLoops eventLoops, Signals signals) {
    view = PassView.NONE;
    counts = new Counter[PassCommands.all().size()];
    for (PassCommand command : PassCommands.all()) {
      counts[command.number()] = signals.counter(Metric.KV_COMMANDS, command.name(), "passed");
    }
    for (EventLoop loop : eventLoops.all()) {
      LoopNodes nodes = new LoopNodes(eventLoops, loop, this);
      all.add(nodes);
      byLoop.put(loop, nodes);
    }
  }

  /** Serves by this file from now on. */
  public synchronized void configure(TerraceConfig file) {
    PassView next = views.of(file, view);
    KvConfig kv = file.kv();
    settings =
        new Settings(
            kv.storeTimeout(), kv.maxNodeWaiting(), kv.maxUnread().bytes(), kv.maxMovesPerSecond());
    turnTo(next);
  }

  private void turnTo(PassView next) {
    LoopNodes first = all.getFirst();
    List<Mover> before = movers;
    before.forEach(mover -> first.loop().execute(mover::stop));
    List<Mover> now = new ArrayList<>();
    for (PassStore store : next.stores()) {
      if (store.moving()) {
        Mover mover = new Mover(this, next, store, first, before);
        store.mover(mover);
        now.add(mover);
      }
    }
    movers = now;
    view = next;
    AtomicInteger left = new AtomicInteger(all.size());
    for (LoopNodes nodes : all) {
      nodes
          .loop()
          .execute(() ->
              nodes.turnTo(
                  next,
                  () -> {
                    if (left.decrementAndGet() == 0) {
                      now.forEach(mover -> first.loop().execute(mover::settled));
                    }
                  }));
    }
  }

  /** All keys of that mover's store are where they belong. */
  synchronized void moved(Mover mover) {
    if (mover.isOf(view)) {
      turnTo(view.settled(mover.store()));
    }
  }

  int movesPerSecond() {
    return settings.movesPerSecond();
  }

  PassView view() {
    return view;
  }

  /** That loop's connections. */
  LoopNodes of(EventLoop loop) {
    LoopNodes nodes = byLoop.get(loop);
    if (nodes == null) {
      throw new IllegalArgumentException("another's loop");
    }
    return nodes;
  }

  long timeoutNanos() {
    return settings.storeTimeout().toNanos();
  }

  Duration connectTimeout() {
    Duration timeout = settings.storeTimeout();
    return timeout.compareTo(CONNECT_TIMEOUT_MAX) < 0 ? timeout : CONNECT_TIMEOUT_MAX;
  }

  int waitingMax() {
    return settings.waitingMax();
  }

  /** How many bytes a client may leave untaken of what nodes answered. */
  public long unsentMax() {
    return settings.unsentMax();
  }

  void welcome(long client, Passage passage) {
    passages.put(client, passage);
  }

  void leave(long client) {
    passages.remove(client);
  }

  /** That client's, if there is one. */
  @Nullable Passage passage(long client) {
    return passages.get(client);
  }

  void count(PassCommand command) {
    counts[command.number()].increment();
  }

  /** Closes all connections. */
  @Override
  public void close() {
    for (LoopNodes nodes : all) {
      if (!nodes.loop().isShuttingDown()) {
        nodes.loop().submit(nodes::close).awaitUninterruptibly(1, TimeUnit.SECONDS);
      }
    }
  }
}

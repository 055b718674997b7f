package dev.terrace.net.discovery;

import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberSource;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks for the members of pools again and again, each pool on a virtual thread of its own, and
 * tells what it found. A look that fails changes nothing: what was found before stays.
 */
public final class Discovery implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Discovery.class.getName());

  private static final Duration LOOK_AT_FILES_EVERY = Duration.ofSeconds(1);

  /** That a pool's members are found there. */
  public record Plan(String pool, DiscoverySource source) {}

  /** Takes what was found. */
  @FunctionalInterface
  public interface Found {
    /** These are the members of the pool that its source names now. */
    void found(String pool, MemberSource source, List<Member> members);
  }

  /**
   * How a pool's discovery goes.
   *
   * @param source what is looked at
   * @param members how many the last good look found
   * @param failure why the last look brought nothing, if it did not
   */
  public record Status(String source, int members, Optional<String> failure) {}

  private final class Task {
    final Plan plan;
    final Finder finder;
    final CompletableFuture<Void> first = new CompletableFuture<>();
    final Thread thread;
    private int failures;
    private volatile long goodNanos = System.nanoTime();

    Task(Plan plan, Finder finder) {
      this.plan = plan;
      this.finder = finder;
      this.thread = Thread.ofVirtual().name("discover-" + plan.pool()).unstarted(this::run);
    }

    void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          Duration pause = look();
          first.complete(null);
          Thread.sleep(pause);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        first.complete(null);
      }
    }

    private Duration look() throws InterruptedException {
      Finding finding;
      try {
        finding = finder.find();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "pool " + plan.pool() + ": discovery broke", e);
        finding = new Finding.Failed("discovery itself failed: " + e.getMessage());
      }
      return switch (finding) {
        case Finding.Found found -> {
          failures = 0;
          goodNanos = System.nanoTime();
          report(this, found);
          yield found.goodFor();
        }
        case Finding.Failed failed -> {
          failures++;
          report(this, failed);
          yield finder.pause(failures);
        }
      };
    }

    double staleSeconds() {
      return (System.nanoTime() - goodNanos) / 1e9;
    }
  }

  private final Found found;
  private final Signals signals;
  private final MemberFileReader files;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("terrace-names", true), NioIoHandler.newFactory());
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final Map<String, Status> statuses = new ConcurrentHashMap<>();

  /** Looks nowhere yet. */
  public Discovery(MemberFileReader files, Found found, Signals signals) {
    this.files = files;
    this.found = found;
    this.signals = signals;
  }

  /**
   * Looks for exactly these pools' members from now on. A source that has not changed goes on as it
   * was; what a changed one's predecessor found stays until the new one has found something.
   *
   * @return completes when each new source was looked at once, for good or bad
   */
  public synchronized CompletableFuture<Void> configure(Collection<Plan> plans) {
    Map<String, Plan> wanted = new LinkedHashMap<>();
    plans.forEach(plan -> wanted.put(plan.pool(), plan));
    List.copyOf(tasks.values()).stream()
        .filter(task -> !task.plan.equals(wanted.get(task.plan.pool())))
        .forEach(task -> stop(task, wanted.containsKey(task.plan.pool())));
    List<Task> started =
        wanted.values().stream()
            .filter(plan -> !tasks.containsKey(plan.pool()))
            .map(this::start)
            .toList();
    return CompletableFuture.allOf(
        started.stream().map(t -> t.first).toArray(CompletableFuture<?>[]::new));
  }

  private Task start(Plan plan) {
    Finder finder =
        switch (plan.source()) {
          case DiscoverySource.Name name ->
              new NameFinder(name, new NameLookup(loop.next(), name.servers()));
          case DiscoverySource.WatchedFile(var path) ->
              new FileFinder(path, files, LOOK_AT_FILES_EVERY);
        };
    Task task = new Task(plan, finder);
    tasks.put(plan.pool(), task);
    signals.gauge(task::staleSeconds, Metric.DISCOVERY_AGE, plan.pool());
    task.thread.start();
    return task;
  }

  private void stop(Task task, boolean replaced) {
    String pool = task.plan.pool();
    task.thread.interrupt();
    tasks.remove(pool);
    statuses.remove(pool);
    signals.removeGauge(Metric.DISCOVERY_AGE, pool);
    if (!replaced) {
      found.found(pool, task.plan.source().kind(), List.of());
    }
  }

  private synchronized void report(Task task, Finding.Found now) {
    String pool = task.plan.pool();
    if (tasks.get(pool) != task) {
      return;
    }
    counter(pool, "found").increment();
    Status status =
        new Status(task.plan.source().toString(), now.members().size(), Optional.empty());
    Status before = statuses.put(pool, status);
    if (before == null || !before.equals(status)) {
      LOG.log(
          System.Logger.Level.INFO,
          "pool {0}: {1} names {2,choice,0#no members|1#one member|1<{2} members}",
          pool,
          status.source(),
          status.members());
    }
    found.found(pool, task.plan.source().kind(), now.members());
  }

  private synchronized void report(Task task, Finding.Failed failed) {
    String pool = task.plan.pool();
    if (tasks.get(pool) != task) {
      return;
    }
    counter(pool, "failed").increment();
    Status before = statuses.get(pool);
    int members = before == null ? 0 : before.members();
    Optional<String> reason = Optional.of(failed.reason());
    statuses.put(pool, new Status(task.plan.source().toString(), members, reason));
    if (before == null || !before.failure().equals(reason)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "pool {0}: {1}; what was found before stays",
          pool,
          failed.reason());
    }
  }

  private Counter counter(String pool, String result) {
    return signals.counter(Metric.DISCOVERIES, pool, result);
  }

  /** How the discovery of a pool's members goes; empty before its first look, or without one. */
  public Optional<Status> status(String pool) {
    return Optional.ofNullable(statuses.get(pool));
  }

  /** Stops looking. */
  @Override
  public synchronized void close() {
    tasks.values().forEach(task -> task.thread.interrupt());
    tasks.clear();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

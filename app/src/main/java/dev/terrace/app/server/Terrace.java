package dev.terrace.app.server;

import dev.terrace.app.reshard.Resharder;
import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.console.Console;
import dev.terrace.console.Failover;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.dns.DnsFront;
import dev.terrace.engine.Engines;
import dev.terrace.engines.postgresql.PostgresHealth;
import dev.terrace.http.HttpFront;
import dev.terrace.kv.KvFront;
import dev.terrace.net.EventLoops;
import dev.terrace.net.FileWatch;
import dev.terrace.net.Front;
import dev.terrace.net.acme.AcmeChallenges;
import dev.terrace.net.acme.AcmeRenewal;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.Drains;
import dev.terrace.net.health.HealthChecks;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.net.takeover.TakeOver;
import dev.terrace.net.takeover.TakeOverOffer;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.sql.SqlFront;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A running Terrace: all tiers of one file. Its life: {@link #start}, {@link #awaitReady}, any
 * number of {@link #reload}s, {@link #close}.
 */
public final class Terrace implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Terrace.class.getName());

  private final Path path;
  private final EventLoops loops;
  private final Pools pools = new Pools();
  private final Signals signals = new Signals();
  private final Replication replication = new Replication();
  private final ProbeLoop probes = new ProbeLoop();
  private final Memberships memberships = new Memberships(pools);
  private final Discovery discovery =
      new Discovery(Discoveries::read, memberships::discovered, signals);
  private final HealthChecks checks = new HealthChecks(signals);
  private final PostgresHealth postgresHealth =
      new PostgresHealth(replication.roles(), replication.progress());
  private final StoreServers storeServers =
      new StoreServers(replication, pools, memberships, checks, signals);
  private final Failovers failovers =
      new Failovers(pools, memberships, replication.roles(), storeServers);
  private final AutomaticFailover automaticFailover =
      new AutomaticFailover(this::file, replication.roles(), failovers);
  private final TlsStores tls = TlsStores.empty(signals);
  private final AcmeChallenges challenges = new AcmeChallenges();
  private final AcmeRenewal acme = new AcmeRenewal(tls.http(), challenges, signals);
  private final PoolGauges gauges = new PoolGauges(pools, signals);
  private final HttpFront http;
  private final Drains drains;
  private final SqlOperator sql;
  private final KvFront kv;
  private final Console console;
  private final List<Front<TerraceConfig>> fronts;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final FileWatch watch;
  private volatile TerraceConfig file;
  private final FirstLook first = new FirstLook();
  private final Resharder resharder;
  private volatile Optional<TakeOverOffer> offer = Optional.empty();
  private final AtomicBoolean closing = new AtomicBoolean();

  private Terrace(TerraceConfig file, Path path) {
    this.file = file;
    this.path = path;
    this.loops =
        EventLoops.start(
            Transports.of(file.runtime().transport()),
            file.runtime().loops(),
            file.runtime().backlog());
    this.http = new HttpFront(loops, pools, tls.http(), tls.members(), signals);
    this.http.answer(challenges);
    this.drains = new Drains(memberships, http::cut, InstantSource.system());
    memberships.follow(http::membersChanged);
    memberships.follow(pool -> gauges.refresh());
    memberships.follow(checks::membersChanged);
    SqlFront sqlFront = new SqlFront(loops, pools, replication, tls.sql(), tls.members(), signals);
    TableWrites kept = sqlFront.tableWrites();
    this.kv = new KvFront(loops, pools, replication.progress(), Engines.installed(), kept, signals);
    this.sql = new SqlOperator(sqlFront);
    this.resharder = new Resharder(new ReshardSurroundings(this, storeServers, sqlFront, kv));
    this.fronts = List.of(new DnsFront(loops, pools, signals), http, sqlFront, kv);
    this.console = new Console(new ConsoleSources(this), signals);
    this.watch = new FileWatch("file-watch", this::fileChanged);
  }

  /**
   * Serves a checked file. Members count as up until their first check, so work may come at once;
   * {@link #awaitReady} waits for those checks.
   *
   * @param path where the file came from: a later change of it is applied
   * @throws IOException if an address cannot be listened on, or a certificate cannot be used; then
   *     nothing is left running
   */
  public static Terrace start(TerraceConfig file, Path path) throws IOException {
    Terrace terrace = new Terrace(file, path);
    try {
      terrace.serve(file);
      terrace.begin();
      return terrace;
    } catch (IOException | RuntimeException e) {
      terrace.close();
      throw e;
    }
  }

  /**
   * Serves a checked file in place of the process that serves it now: takes its listening sockets
   * over, so that nobody is refused, and has it finish its work and end.
   *
   * @throws IOException if there is no such process, or something is not to be had; then that
   *     process goes on, and nothing of this one is left running
   */
  public static Terrace takeOver(TerraceConfig file, Path path)
      throws IOException, InterruptedException {
    Terrace terrace = new Terrace(file, path);
    try (TakeOver old = TakeOver.from(terrace.loops, TakeOverPath.of(path))) {
      terrace.prepare(file);
      // The old process serves meanwhile: members can be known before the first request comes.
      terrace.check(file);
      terrace.awaitReady();
      terrace.serveFronts(file);
      old.complete();
      terrace.console.configure(file);
      terrace.begin();
      return terrace;
    } catch (IOException | InterruptedException | RuntimeException e) {
      terrace.close();
      throw e;
    }
  }

  private void begin() {
    resharder.recover();
    watch.watch(List.of(path), FileWatch.look(List.of(path)));
    watch.start();
    automaticFailover.start();
    if (loops.transport().handsOverSockets()) {
      try {
        offer = Optional.of(TakeOverOffer.open(loops, TakeOverPath.of(path), this::leave));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.INFO, "cannot be taken over: {0}", e.getMessage());
      }
    }
  }

  private void serve(TerraceConfig next) throws IOException {
    prepare(next);
    serveFronts(next);
    console.configure(next);
    // After the fronts: a pool may name our own addresses.
    check(next);
  }

  private void prepare(TerraceConfig next) throws TlsFailure {
    // First: files that cannot be used are to be known before anything changes.
    tls.configure(next);
    storeServers.configure(next);
    first.find(discovery.configure(Discoveries.of(next)));
    gauges.refresh();
  }

  private void serveFronts(TerraceConfig next) throws IOException {
    for (Front<TerraceConfig> front : fronts) {
      front.configure(next);
    }
    // After the fronts: authorities connect to them.
    acme.configure(next.tls().acme().map(TlsFiles::of));
    file = next;
  }

  private void check(TerraceConfig next) {
    checks.limit(next.runtime().maxHealthChecks());
    first.check(
        checks.configure(HealthPlans.of(next, pools, probes, tls.members(), postgresHealth)));
  }

  /** Waits until members were looked for and each of those in the file was checked once. */
  public void awaitReady() {
    first.await();
  }

  /**
   * Reads the file again and serves by it.
   *
   * @return what kept it from being applied, a line each; empty if it was. Then nothing has
   *     changed.
   */
  public synchronized List<String> reload() {
    return load(next -> {
      Optional<String> moved = Resharder.needed(file, next);
      return moved.isPresent() ? List.of(moved.get()) : apply(next);
    });
  }

  private List<String> load(Function<TerraceConfig, List<String>> then) {
    return switch (ConfigFile.load(path, System.getenv())) {
      case Loaded.Broken(List<Problem> problems) ->
          problems.stream().map(Problem::toString).toList();
      case Loaded.Ok(TerraceConfig next, List<Problem> warnings) -> then.apply(next);
    };
  }

  /** Puts another file in the place of the one that is served, and serves by it; as reload. */
  synchronized List<String> replaceFile(Path by) {
    try {
      FileSwap swap = FileSwap.put(by, path);
      List<String> problems = load(this::apply);
      if (!problems.isEmpty()) {
        swap.undo();
      }
      return problems;
    } catch (IOException e) {
      return List.of(path + " cannot be replaced: " + e);
    }
  }

  private List<String> apply(TerraceConfig next) {
    TerraceConfig before = file;
    if (next.equals(before)) {
      return readCertificatesAgain();
    }
    if (!next.runtime().transport().equals(before.runtime().transport())
        || next.runtime().loops() != before.runtime().loops()
        || next.runtime().backlog() != before.runtime().backlog()) {
      return List.of("runtime.transport, .loops and .backlog cannot change while running: restart");
    }
    try {
      serve(next);
      return List.of();
    } catch (IOException e) {
      restore(before);
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private List<String> readCertificatesAgain() {
    try {
      tls.reload();
      return List.of();
    } catch (TlsFailure e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private void restore(TerraceConfig before) {
    try {
      serve(before);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "going back to the file before failed: " + e.getMessage());
    }
  }

  private void fileChanged() {
    List<String> problems = reload();
    if (problems.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "applied {0}", path);
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} was not applied, what ran before goes on:\n  {1}",
          path,
          String.join("\n  ", problems));
    }
  }

  /** Waits until somebody has closed it. */
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /** Another process serves in our place: no longer listens, and ends when its work is done. */
  private void leave() {
    LOG.log(System.Logger.Level.INFO, "another process has taken over");
    console.close();
    Duration deadline = file.runtime().drainTimeout();
    fronts.forEach(front -> front.drain(deadline));
    Thread.ofPlatform().name("leave").start(this::close);
  }

  /** Drains: no new connections, work in hand is finished until the drain timeout; then stops. */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    watch.close();
    resharder.close();
    automaticFailover.close();
    offer.ifPresent(TakeOverOffer::close);
    discovery.close();
    drains.close();
    Duration deadline = file.runtime().drainTimeout();
    LOG.log(System.Logger.Level.INFO, "draining: work in hand has {0} s", deadline.toSeconds());
    CompletableFuture<?>[] drains =
        fronts.stream().map(front -> front.drain(deadline)).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(drains).get(deadline.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.WARNING, "some connections were cut at the drain timeout");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    fronts.forEach(Front::close);
    // Last, so that the end can be watched.
    console.close();
    checks.close();
    storeServers.close();
    probes.close();
    postgresHealth.close();
    acme.close();
    tls.close();
    loops.close();
    stopped.countDown();
  }

  TerraceConfig file() {
    return file;
  }

  Path path() {
    return path;
  }

  Resharder resharder() {
    return resharder;
  }

  Pools pools() {
    return pools;
  }

  Memberships memberships() {
    return memberships;
  }

  Discovery discovery() {
    return discovery;
  }

  Drains drains() {
    return drains;
  }

  Failover failover(Failover.Request request) {
    return failovers.run(file, request);
  }

  SqlOperator sql() {
    return sql;
  }

  Replication replication() {
    return replication;
  }

  boolean closing() {
    return closing.get();
  }

  boolean checkedOnce() {
    return first.isDone();
  }

  KvFront kv() {
    return kv;
  }
}

package dev.terrace.sql.session;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.sql.cache.KeptResults;
import dev.terrace.sql.cache.StoreCache;
import dev.terrace.sql.cache.Touched;
import dev.terrace.sql.cache.Writing;
import dev.terrace.sql.coordinate.Coordinator;
import dev.terrace.sql.ids.UniqueIds;
import dev.terrace.sql.operate.SlowLog;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.twophase.DecisionLog;
import dev.terrace.sql.twophase.InDoubt;
import dev.terrace.sql.twophase.SnapshotGate;
import dev.terrace.sql.twophase.TransactionNames;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** What all sessions of a store share. */
public final class Shared {

  private static final int REPORTS_MAX = 1000;

  private final EventLoops loops;
  private final ServerPools pools;
  private final Cancels cancels;
  private final AuthCache authCache = new AuthCache();
  private final AtomicLong schemaVersion = new AtomicLong();
  private final Map<Started, Map<String, String>> reports = new ConcurrentHashMap<>();
  private final TransactionNames names = new TransactionNames();
  private final SnapshotGate gate = new SnapshotGate();
  private final InDoubt inDoubt;
  private final Coordinator coordinator;
  private final UniqueIds ids;
  private final DeadlockWatch deadlocks;
  private final StoreCache cache;
  private final Map<Settings, Settings> canonical = new ConcurrentHashMap<>();
  private final Map<EventLoop, SeenTexts> texts = new ConcurrentHashMap<>();
  private final Survey survey;
  private final Signals signals;
  private volatile Service service;
  private volatile SlowLog slowLog;

  /** How a session started: as whom, and with which settings. */
  private record Started(Account account, Settings settings) {}

  /** With a first service. */
  public Shared(
      EventLoops loops,
      ServerPools pools,
      Cancels cancels,
      Survey survey,
      KeptResults results,
      Service service,
      Signals signals) {
    this.survey = survey;
    this.signals = signals;
    this.slowLog = new SlowLog(service.config().slowLog(), signals, service.store());
    this.cancels = cancels;
    this.loops = loops;
    this.pools = pools;
    this.service = service;
    ServerQueries queries = new ServerQueries(loops, pools, () -> service().account());
    this.cache = new StoreCache(service.store(), results, this::primaries, queries, signals);
    this.inDoubt =
        new InDoubt(
            new DecisionLog(queries),
            this::primaries,
            () -> service().config().inDoubtEvery(),
            this::endsUnseen,
            signals,
            service.store());
    cache.configure(service.cache());
    this.coordinator =
        new Coordinator(
            service.store(),
            this::primaries,
            schemaVersion::get,
            queries,
            its -> new ServerQueries(loops, pools, its),
            signals);
    coordinator.configure(service.coordinator());
    this.ids = new UniqueIds(queries, () -> primaries().getFirst());
    this.deadlocks = new DeadlockWatch(survey, queries, this::service, signals);
  }

  /** Unique numbers, for statements that call {@code terrace.next_id()}. */
  UniqueIds ids() {
    return ids;
  }

  /** Parts of transactions are ended that no session ends. */
  private Runnable endsUnseen() {
    Writing writing = cache.begin(Touched.ANY_TABLE);
    return () -> cache.end(writing);
  }

  private List<Optional<Address>> primaries() {
    Members members = service().members();
    return IntStream.range(0, members.shards())
        .mapToObj(shard -> members.primary(shard).map(m -> m.member().address()))
        .toList();
  }

  /** Ends what others left unfinished of transactions over several shards. */
  InDoubt inDoubt() {
    return inDoubt;
  }

  /** Answers what needs rows of several shards together. */
  Coordinator coordinator() {
    return coordinator;
  }

  /** Keeps results of reads. */
  public StoreCache cache() {
    return cache;
  }

  /** Names of transactions over several shards. */
  TransactionNames names() {
    return names;
  }

  /** Keeps commits and reads over several shards apart. */
  SnapshotGate gate() {
    return gate;
  }

  /** Stops what runs beside the sessions. */
  public void close() {
    deadlocks.close();
    inDoubt.close();
    coordinator.close();
    cache.close();
  }

  /** Serves by this from now on. */
  public void service(Service next) {
    service = next;
    slowLog = new SlowLog(next.config().slowLog(), signals, next.store());
    reports.clear();
    coordinator.configure(next.coordinator());
    cache.configure(next.cache());
  }

  /** What to serve by now. */
  public Service service() {
    return service;
  }

  /** Tells of statements that took long. */
  SlowLog slowLog() {
    return slowLog;
  }

  /** Looks into all sessions. */
  Survey survey() {
    return survey;
  }

  EventLoops loops() {
    return loops;
  }

  ServerPools pools() {
    return pools;
  }

  Cancels cancels() {
    return cancels;
  }

  /** Grows whenever a statement has passed that may have changed the schema. */
  AtomicLong schemaVersion() {
    return schemaVersion;
  }

  /** What the database said of its users of late. */
  AuthCache authCache() {
    return authCache;
  }

  /** The one of all equal settings that is to be used, so that comparing them is quick. */
  Settings canonical(Settings settings) {
    if (canonical.size() > REPORTS_MAX) {
      canonical.clear();
    }
    Settings known = canonical.putIfAbsent(settings, settings);
    return known == null ? settings : known;
  }

  /** What a loop remembers; for its own thread. */
  SeenTexts texts(EventLoop loop) {
    return texts.computeIfAbsent(loop, l -> new SeenTexts(() -> service.config().statistics()));
  }

  /** What a server reported to an earlier session that started in the same way. */
  Optional<Map<String, String>> reported(Account account, Settings settings) {
    return Optional.ofNullable(reports.get(new Started(account, settings)));
  }

  void report(Account account, Settings settings, Map<String, String> values) {
    if (reports.size() < REPORTS_MAX) {
      reports.put(new Started(account, settings), values);
    }
  }
}

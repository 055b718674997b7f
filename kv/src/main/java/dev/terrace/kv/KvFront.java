package dev.terrace.kv;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Engines;
import dev.terrace.kv.acl.Users;
import dev.terrace.kv.back.WriteBack;
import dev.terrace.kv.back.WriteBackState;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.StoreWork;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KeyListener;
import dev.terrace.kv.pass.PassTier;
import dev.terrace.kv.resp.RequestParser;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Front;
import dev.terrace.net.Listeners;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.TlsServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Redis's protocol on the addresses of {@code listen.kv}. */
public final class KvFront implements Front<TerraceConfig> {

  private static final System.Logger LOG = System.getLogger(KvFront.class.getName());

  private final Signals signals;
  private final TlsServer tls;
  private final DataTier data;
  private final WriteBack back;
  private final PassTier passing;
  private final Listeners listeners;
  private final LongSupplier clockMillis;
  private final StoreWork storeWork = new StoreWork();
  private volatile @Nullable Service service;

  /**
   * A front that listens on nothing yet.
   *
   * @param tableWrites told of what is written to tables
   * @param certificates what clients are shown; configured by the owner before this front
   */
  public KvFront(
      EventLoops loops,
      Pools pools,
      ReplicaProgress progress,
      Engines engines,
      TableWrites tableWrites,
      CertificateStore certificates,
      Signals signals) {
    this(
        loops,
        pools,
        progress,
        engines,
        tableWrites,
        certificates,
        signals,
        Ticker.systemTicker(),
        System::currentTimeMillis);
  }

  /**
   * The same with clocks of the caller's.
   *
   * @param ticker what kept entries age by
   * @param clockMillis the wall clock, which keys expire by
   */
  KvFront(
      EventLoops loops,
      Pools pools,
      ReplicaProgress progress,
      Engines engines,
      TableWrites tableWrites,
      CertificateStore certificates,
      Signals signals,
      Ticker ticker,
      LongSupplier clockMillis) {
    this.tls = certificates.server("kv", List.of());
    this.signals = signals;
    this.clockMillis = clockMillis;
    this.data = new DataTier(pools, progress, engines, tableWrites, signals, ticker, clockMillis);
    this.back = new WriteBack(tableWrites, data::store);
    data.dirtyRows(back);
    measure();
    this.passing = new PassTier(loops, signals);
    this.data.listen(new Changes());
    this.listeners = new Listeners(loops, "kv", signals, this::welcome);
  }

  private void measure() {
    gauge(Metric.KV_DIRTY_KEYS, WriteBackState::dirtyKeys);
    gauge(Metric.KV_JOURNAL_BYTES, WriteBackState::journalBytes);
    gauge(Metric.KV_JOURNAL_RECORDS, WriteBackState::recordsEver);
    gauge(Metric.KV_JOURNAL_ROWS, WriteBackState::rowsEver);
    gauge(Metric.KV_JOURNAL_STUCK, state -> state.troubles().size());
    gauge(Metric.KV_DEAD_LETTERS, WriteBackState::deadLetters);
  }

  private void gauge(Metric metric, ToLongFunction<WriteBackState> of) {
    signals.gauge(() -> back.state().map(of::applyAsLong).orElse(0L), metric);
  }

  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    Service running = service;
    if (running == null) {
      service = new Service(served(file), signals, storeWork, clockMillis);
      try {
        listen(file);
      } catch (BindFailure e) {
        service = null;
        throw e;
      }
    } else {
      listen(file);
      running.serve(served(file));
    }
  }

  private void listen(TerraceConfig file) throws BindFailure {
    listeners.configure(
        file.listen().kv(), file.runtime().maxConnections(), file.runtime().drainTimeout());
  }

  private Service.Served served(TerraceConfig file) {
    passing.configure(file);
    List<Address> wanted = file.listen().kv();
    back.prepare(file);
    DataTier.View view = data.configure(file);
    back.serve(view);
    return new Service.Served(
        file.kv(),
        Users.of(file.kv()),
        file.runtime().maxConnections(),
        wanted.isEmpty() ? 0 : wanted.getFirst().port(),
        new RequestParser.Limits(file.kv().maxArguments(), (int) file.kv().maxBulk().bytes()),
        view);
  }

  /** Tells clients which of the keys that they keep have changed. */
  private final class Changes implements KeyListener {

    @Override
    public void changed(Collection collection, EntryKey key) {
      Service running = service;
      if (running != null) {
        running.changed(key);
      }
    }

    @Override
    public void allChanged() {
      Service running = service;
      if (running != null) {
        running.tracking().allChanged();
      }
    }
  }

  private void welcome(Channel channel) {
    Service running = service;
    if (running == null) {
      channel.close();
      return;
    }
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    long idle = running.served().config().idleTimeout().toMillis();
    if (idle > 0) {
      channel.pipeline().addLast(new IdleStateHandler(0, 0, idle, TimeUnit.MILLISECONDS));
    }
    Optional<FrontTlsConfig> wanted = running.served().config().tls();
    if (wanted.isEmpty()) {
      channel.pipeline().addLast(new KvConnection(running, passing));
    } else {
      boolean required = wanted.get().mode() == FrontTlsConfig.Mode.REQUIRE;
      channel
          .pipeline()
          .addLast(new FirstByte(tls, required, () -> new KvConnection(running, passing)));
    }
  }

  /** The addresses listened on, with the ports that the system chose. */
  public List<Address> addresses() {
    return listeners.addresses();
  }

  /**
   * Forgets what is kept of a key ({@code product:42}) or of all keys that match a pattern ({@code
   * product:*}).
   *
   * @return how many entries were kept
   */
  public int purge(String keyOrPattern) {
    return data.purge(keyOrPattern);
  }

  /** Writes that are acknowledged before the store has them. */
  public WriteBack back() {
    return back;
  }

  /** Holds commands back that need a store, until it is closed. */
  public StoreWork.Hold hold() {
    return storeWork.hold();
  }

  @Override
  public CompletableFuture<Void> drain(Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    return listeners.drain(deadline).thenRunAsync(() -> flush(end), KvFront::virtually);
  }

  private void flush(long endNanos) {
    if (!back.flush(Duration.ofNanos(endNanos - System.nanoTime()))) {
      LOG.log(
          System.Logger.Level.WARNING,
          "writes that the store does not have yet wait in the journal for the next start");
    }
  }

  private static void virtually(Runnable task) {
    Thread.ofVirtual().name("kv-flush").start(task);
  }

  @Override
  public void close() {
    listeners.close();
    back.close();
    passing.close();
    data.close();
  }
}

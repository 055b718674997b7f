package dev.terrace.kv.back;

import dev.terrace.config.JournalConfig;
import dev.terrace.engine.EngineFailure;
import dev.terrace.kv.back.Pending.Dirtied;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.journal.Journal;
import dev.terrace.kv.journal.JournalFailure;
import dev.terrace.kv.journal.JournalSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The journal with the lanes that bring its records to the stores. */
final class OpenJournal implements Lane.Surroundings, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(OpenJournal.class.getName());
  private static final long LOOK_EVERY_NANOS = 2_000_000;
  private static final Duration RELEASE_EVERY = Duration.ofMillis(500);

  private final JournalConfig config;
  private final DirtyKeys dirty;
  private final Aside aside;
  private final Map<LaneName, Lane> lanes = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Journal journal;
  private volatile @Nullable Target target;
  private volatile DataTier.@Nullable View view;

  /** The last position that was given to a lane. */
  private volatile long handedOut;

  private volatile boolean closed;

  private OpenJournal(JournalConfig config, DirtyKeys dirty, DeadLetters letters)
      throws JournalFailure {
    this.config = config;
    this.dirty = dirty;
    this.aside = new Aside(letters, this::again);
    this.journal = Journal.open(settings(config), this::leave);
    this.handedOut = journal.next() - 1;
  }

  private static JournalSettings settings(JournalConfig config) {
    return new JournalSettings(
        config.folder().path(),
        switch (config.durability()) {
          case FSYNC -> JournalSettings.Durability.FSYNC;
          case OS -> JournalSettings.Durability.OS;
        },
        config.segment().bytes(),
        config.limit().bytes());
  }

  /** Whether there is a journal in the folder. */
  static boolean isThere(JournalConfig config) {
    return Files.exists(config.folder().path().resolve("lock"));
  }

  static OpenJournal open(JournalConfig config, DirtyKeys dirty) throws JournalFailure {
    Path folder = config.folder().path();
    try {
      return new OpenJournal(config, dirty, DeadLetters.open(folder));
    } catch (IOException e) {
      throw JournalFailure.unusable(folder, e);
    }
  }

  private void leave(long position, byte[] payload) throws JournalFailure {
    try {
      LogRecord record = LogRecord.of(payload);
      lanes.computeIfAbsent(record.lane(), this::idle).leave(position, record);
    } catch (IOException e) {
      throw JournalFailure.unusable(config.folder().path(), e);
    }
  }

  private Lane idle(LaneName name) {
    return new Lane(
        name, new Lane.Settings(config.batch(), config.attempts(), config.pause()), this);
  }

  JournalConfig config() {
    return config;
  }

  java.util.Collection<Lane> lanes() {
    return lanes.values();
  }

  /** Starts the lanes, the first time; serves that view from now on. */
  synchronized void start(Target now, DataTier.View served) {
    view = served;
    if (target == null) {
      target = now;
      lanes.values().forEach(lane -> threads.add(lane.start(now)));
      threads.add(Thread.ofVirtual().name("kv-journal-release").start(this::release));
    }
  }

  private synchronized Lane started(LaneName name) {
    Target now = target;
    if (now == null) {
      throw new IllegalStateException("nothing is served yet");
    }
    return lanes.computeIfAbsent(
        name,
        n -> {
          Lane lane = idle(n);
          threads.add(lane.start(now));
          return lane;
        });
  }

  private Lane lane(LaneName name) {
    Lane there = lanes.get(name);
    return there != null ? there : started(name);
  }

  /** The lane of a key. */
  LaneName lane(Collection c, EntryKey key) {
    int partition = Math.floorMod(c.row(key).hashCode(), config.partitions());
    return new LaneName(
        c.store().name(), c.isEverywhere() ? LaneName.ALL : c.shard(key), partition);
  }

  long failures() {
    return journal.failures();
  }

  Pressure pressure() {
    double full = (double) journal.bytes() / config.limit().bytes();
    return Pressure.of(full, config.slowAt().share(), config.throughAt().share());
  }

  /** Hands a write to the journal, and once it is safe to its lane and to readers. */
  void append(LogRecord record, long failures, Dirtied by) throws JournalFailure {
    dirty.hold(by.key());
    Lane lane = lane(record.lane());
    try {
      journal.append(
          record.encoded(),
          failures,
          new Journal.Outcome() {
            @Override
            public void safe(long position) {
              by.dirty().visible.set(by.state());
              long wait = by.collection().config().cache().flush().toNanos();
              if (lane.add(position, record, Optional.of(by), wait)) {
                dirty.release(by.key());
              }
              handedOut = position;
              try {
                forget(by.collection(), by.key());
              } finally {
                by.state().safe().complete(null);
              }
            }

            @Override
            public void failed(JournalFailure why) {
              dirty.release(by.key());
              by.state().safe().completeExceptionally(why);
            }
          });
    } catch (JournalFailure e) {
      dirty.release(by.key());
      throw e;
    }
  }

  private void forget(Collection c, EntryKey key) {
    DataTier.View now = view;
    if (now != null) {
      now.reads().written(c, key, Duration.ZERO);
    }
  }

  @Override
  public String log(LaneName lane) {
    return journal.id() + "/" + lane;
  }

  @Override
  public void aside(List<DeadLetter> refused) throws EngineFailure {
    aside.add(refused);
  }

  @Override
  public void stored(Pending pending) {
    for (Dirtied by : pending.dirtied()) {
      // First the caches hear of it, then the state that hid them goes.
      tell(by);
      by.dirty().stored(by.state());
      dirty.release(by.key());
    }
    if (pending.dirtied().isEmpty()) {
      forget(pending.record());
    }
  }

  private void tell(Dirtied by) {
    DataTier.View now = view;
    if (now == null) {
      return;
    }
    now.reads().stored(by.collection(), by.key());
  }

  /** A write that no client of this process made: a replayed one. */
  private void forget(LogRecord record) {
    DataTier.View now = view;
    if (now != null) {
      now.collections().all().stream()
          .filter(c -> c.name().equals(record.collection()) && c.ready())
          .forEach(c -> now.reads().stored(c, c.key(record.key())));
    }
  }

  private void release() {
    long released = 0;
    while (!closed) {
      LockSupport.parkNanos(RELEASE_EVERY.toNanos());
      long needed = firstNeeded();
      if (needed > released && !closed) {
        try {
          journal.release(needed);
          released = needed;
        } catch (JournalFailure e) {
          LOG.log(System.Logger.Level.WARNING, e.reason());
        }
      }
    }
  }

  private long firstNeeded() {
    // Read first: what is handed out later is not released yet.
    long needed = handedOut + 1;
    for (Lane lane : lanes.values()) {
      needed = Math.min(needed, lane.firstNeeded());
    }
    return needed;
  }

  void hurry() {
    lanes.values().forEach(Lane::hurry);
  }

  /** Whether all that was safe when it was called is in the stores in time. */
  boolean flush(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long wanted = handedOut;
    while (firstNeeded() <= wanted) {
      hurry();
      if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    return true;
  }

  WriteBackState state() {
    return new WriteBackState(
        dirty.count(),
        journal.bytes(),
        config.limit().bytes(),
        journal.segmentCount(),
        journal.recordsEver(),
        journal.groupsEver(),
        lanes.values().stream().mapToLong(Lane::rowsEver).sum(),
        lanes.values().stream().mapToLong(Lane::batchesEver).sum(),
        aside.count(),
        lanes.values().stream()
            .flatMap(lane -> lane.trouble().stream().map(t -> lane.name() + ": " + t.reason()))
            .toList());
  }

  /** The writes that stores refuse. */
  Aside aside() {
    return aside;
  }

  /** Makes a write safe that no client of now has made. */
  private void again(LogRecord record) throws KvError {
    CompletableFuture<@Nullable Void> safe = new CompletableFuture<>();
    Lane lane = lane(record.lane());
    try {
      journal.append(
          record.encoded(),
          journal.failures(),
          new Journal.Outcome() {
            @Override
            public void safe(long position) {
              lane.add(position, record, Optional.empty(), 0);
              handedOut = position;
              safe.complete(null);
            }

            @Override
            public void failed(JournalFailure why) {
              safe.completeExceptionally(why);
            }
          });
      safe.join();
    } catch (JournalFailure e) {
      throw KvError.of(e.reason());
    } catch (CompletionException e) {
      throw KvError.of(String.valueOf(e.getCause()));
    }
  }

  @Override
  public void close() {
    closed = true;
    lanes.values().forEach(Lane::stop);
    List<Thread> all;
    synchronized (this) {
      all = List.copyOf(threads);
    }
    for (Thread thread : all) {
      try {
        thread.join(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      journal.release(firstNeeded());
    } catch (JournalFailure e) {
      LOG.log(System.Logger.Level.WARNING, e.reason());
    }
    journal.close();
  }
}

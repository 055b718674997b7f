package dev.terrace.kv.back;

import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.JournalConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.kv.back.DirtyKey.State;
import dev.terrace.kv.back.Pending.Dirtied;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.DirtyRows;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.data.Store;
import dev.terrace.kv.journal.JournalFailure;
import dev.terrace.kv.journal.JournalFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes of collections with write back: made safe in the journal, seen by readers at once, and
 * brought to the store by lanes.
 *
 * <p>The promise. An acknowledged write reaches the store exactly once, and each key's writes in
 * their order, whatever of the following happens, once Terrace runs with the same journal folder
 * and the store answers: Terrace ends or is killed; the store is down, fails over, or does not
 * answer whether it committed; and with {@code durability: fsync} the machine loses power. Lost are
 * acknowledged writes that the store does not have yet if the disk with the folder is lost, and
 * with {@code durability: os} also those of the last moments if the machine fails. What the store
 * refuses for reasons that cannot be told beforehand (a foreign key, a check, a trigger) is kept
 * aside for a person to decide.
 *
 * <p>A write is made from the state after the last one that was handed to the journal, so that
 * writers of a key need not wait for the disk one after the other; readers see only what is safe.
 * Should the journal not take a record, all that were made after it are refused and made anew.
 */
public final class WriteBack implements DirtyRows, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(WriteBack.class.getName());
  private static final long LOOK_AGAIN_NANOS = 1_000_000;
  private static final long FOLDER_EVERY_NANOS = 200_000_000;

  private final TableWrites tableWrites;
  private final Function<String, Optional<Store>> stores;
  private final DirtyKeys dirty = new DirtyKeys();
  private volatile @Nullable OpenJournal open;
  private volatile Optional<String> unusable = Optional.empty();
  private volatile DataTier.@Nullable View view;
  private boolean awaiting;
  private volatile boolean closed;
  private volatile Duration patience = Duration.ofSeconds(5);

  /**
   * No journal yet.
   *
   * @param tableWrites told of what is written to tables
   * @param stores the stores of the present file by name
   */
  public WriteBack(TableWrites tableWrites, Function<String, Optional<Store>> stores) {
    this.tableWrites = tableWrites;
    this.stores = stores;
  }

  /**
   * Opens the journal if the file needs one and it is not open; before the file is served. A
   * journal that cannot be opened leaves the collections that need it unserved.
   */
  public synchronized void prepare(TerraceConfig file) {
    patience = file.kv().storeTimeout();
    boolean needed =
        file.collections().values().stream().anyMatch(c -> c.cache().write() == WriteMode.BACK);
    JournalConfig config = file.kv().journal();
    OpenJournal now = open;
    if (now != null) {
      if (!now.config().equals(config)) {
        LOG.log(System.Logger.Level.WARNING, "kv.journal has changed; that counts after a restart");
      }
      if (othersThan(file) && !now.flush(file.runtime().drainTimeout())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a collection with write back is changed or gone, and its store does not have all of"
                + " its writes yet; they follow");
      }
      return;
    }
    if (!needed && !OpenJournal.isThere(config)) {
      return;
    }
    JournalFailure failure = openJournal(config);
    if (failure != null) {
      LOG.log(
          System.Logger.Level.ERROR,
          "collections with write back are not served: {0}",
          failure.reason());
      if (failure.kind() == Kind.IN_USE) {
        awaitFolder(config);
      }
    }
  }

  private @Nullable JournalFailure openJournal(JournalConfig config) {
    try {
      open = OpenJournal.open(config, dirty);
      unusable = Optional.empty();
      return null;
    } catch (JournalFailure e) {
      unusable = Optional.of(e.reason());
      return e;
    }
  }

  /** Whether a collection with write back is not in that file as it is served now. */
  private boolean othersThan(TerraceConfig file) {
    DataTier.View now = view;
    return now != null
        && now.collections().all().stream()
            .anyMatch(c ->
                c.writeMode() == WriteMode.BACK
                    && !c.config().equals(file.collections().get(c.name())));
  }

  /** Another process has the folder, perhaps the one that this one takes over from. */
  private void awaitFolder(JournalConfig config) {
    if (awaiting) {
      return;
    }
    awaiting = true;
    Thread.ofVirtual()
        .name("kv-journal-await")
        .start(() -> {
          while (!closed && open == null) {
            LockSupport.parkNanos(FOLDER_EVERY_NANOS);
            reopen(config);
          }
        });
  }

  private synchronized void reopen(JournalConfig config) {
    DataTier.View now = view;
    if (!closed && open == null && openJournal(config) == null && now != null) {
      serve(now);
    }
  }

  /** Serves that view from now on. */
  public synchronized void serve(DataTier.View now) {
    view = now;
    OpenJournal journal = open;
    if (journal != null) {
      journal.start(new Target(now.reads().servers(), stores, tableWrites), now);
    }
  }

  @Override
  public @Nullable Entry entry(EntryKey key) {
    State state = dirty.visible(key);
    return state == null ? null : state.entry();
  }

  @Override
  public void settle(Collection c) throws KvError {
    OpenJournal journal = journal(c);
    for (Lane lane : journal.lanes()) {
      if (lane.name().store().equals(c.store().name())) {
        settle(c, lane);
      }
    }
  }

  private void settle(Collection c, Lane lane) throws KvError {
    try {
      lane.settled().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw KvError.of(
          "LOADING",
          "collection '"
              + c.name()
              + "': writes of an earlier run are on their way to the store"
              + lane.trouble().map(t -> ": " + t.reason()).orElse(""));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw KvError.of("LOADING", "Terrace is stopping");
    }
  }

  private OpenJournal journal(Collection c) throws KvError {
    OpenJournal journal = open;
    if (journal == null) {
      throw KvError.of(
          "collection '"
              + c.name()
              + "' has no journal: "
              + unusable.orElse("Terrace is stopping"));
    }
    return journal;
  }

  @Override
  public Modified write(Collection c, EntryKey key, Decision decision) throws KvError {
    OpenJournal journal = journal(c);
    switch (journal.pressure()) {
      case Pressure.Through through -> {
        return through(journal, c, key, decision, true);
      }
      case Pressure.Slow(Duration pause) -> {
        if (!pause.isZero()) {
          LockSupport.parkNanos(pause.toNanos());
        }
      }
    }
    DirtyKey held = dirty.hold(key);
    try {
      while (true) {
        Handed handed = hand(journal, c, key, held, decision);
        if (handed == null) {
          return through(journal, c, key, decision, false);
        }
        if (handed.isSafe(c)) {
          return handed.modified();
        }
      }
    } finally {
      dirty.release(key);
    }
  }

  /**
   * Makes a change and hands it to the journal; null if only the store can tell whether it fits.
   */
  private @Nullable Handed hand(
      OpenJournal journal, Collection c, EntryKey key, DirtyKey held, Decision decision)
      throws KvError {
    held.lock.lock();
    try {
      long failures = journal.failures();
      State base = held.base(failures);
      Optional<Row> before = base != null ? base.row() : row(c, key);
      Change change = decision.by(before);
      if (change instanceof Change.Keep) {
        // What is answered rests on the state that was found.
        return new Handed(
            new Modified(before, change, before), base == null ? Handed.SAFE : base.safe());
      }
      if (!FittingChange.tellable(c, change)) {
        return null;
      }
      FittingChange fitting = FittingChange.of(c, before, change);
      RowKey row = c.row(key);
      Optional<Row> after = RowAfter.of(c, row, before, fitting.change());
      State state = new State(after, c.entry(after), failures);
      LogRecord record =
          new LogRecord(journal.lane(c, key), c.name(), c.table(), row, fitting.effect());
      State prior = held.hand(state);
      try {
        journal.append(record, failures, new Dirtied(c, key, held, state));
      } catch (JournalFailure e) {
        held.takeBack(prior);
        throw e;
      }
      return new Handed(new Modified(before, fitting.change(), after), state.safe());
    } catch (JournalFailure e) {
      if (e.kind() != Kind.OVERTAKEN) {
        throw Handed.refused(c, e);
      }
      return new Handed(Handed.UNCHANGED, CompletableFuture.failedFuture(e));
    } finally {
      held.lock.unlock();
    }
  }

  private Optional<Row> row(Collection c, EntryKey key) throws KvError {
    try {
      return viewed().reads().row(c, key);
    } catch (EngineFailure e) {
      throw KvError.of(c.name(), e);
    }
  }

  private DataTier.View viewed() {
    DataTier.View now = view;
    if (now == null) {
      throw new IllegalStateException("nothing is served yet");
    }
    return now;
  }

  /** Writes to the store before the answer, once the store has what was written before. */
  private Modified through(
      OpenJournal journal, Collection c, EntryKey key, Decision decision, boolean full)
      throws KvError {
    DirtyKey held = dirty.hold(key);
    try {
      held.lock.lock();
      try {
        long end = System.nanoTime() + patience.toNanos();
        while (held.base(journal.failures()) != null) {
          journal.hurry();
          if (System.nanoTime() - end > 0) {
            throw KvError.of(
                "BUSY",
                "collection '"
                    + c.name()
                    + "': "
                    + (full
                        ? "the journal is nearly full (kv.journal.limit), and the store does not"
                            + " take the key's earlier writes"
                        : "the store does not take the key's earlier writes"));
          }
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return store(c, key, decision, full);
      } finally {
        held.lock.unlock();
      }
    } finally {
      dirty.release(key);
    }
  }

  private Modified store(Collection c, EntryKey key, Decision decision, boolean full)
      throws KvError {
    try {
      return viewed().writes().through(c, key, decision);
    } catch (KvError e) {
      if (full && (e.reply().startsWith("UNREACHABLE") || e.reply().startsWith("TIMEOUT"))) {
        throw KvError.of("BUSY", "the journal is nearly full (kv.journal.limit), and " + e.reply());
      }
      throw e;
    }
  }

  /** Brings all to the store that can be brought in that time; whether that was all. */
  public boolean flush(Duration time) {
    OpenJournal journal = open;
    return journal == null || journal.flush(time);
  }

  /** How it stands. */
  public Optional<WriteBackState> state() {
    OpenJournal journal = open;
    return journal == null ? Optional.empty() : Optional.of(journal.state());
  }

  /** The writes that stores refuse. */
  public List<RefusedWrite> deadLetters() {
    OpenJournal journal = open;
    return journal == null ? List.of() : journal.aside().all();
  }

  /**
   * Drops refused writes, or writes them once more behind all others; how many.
   *
   * @throws KvError if the journal or the file of the refused does not take it
   */
  public int resolve(Predicate<RefusedWrite> which, boolean replay) throws KvError {
    OpenJournal journal = open;
    return journal == null ? 0 : journal.aside().resolve(which, replay);
  }

  /** Lets go of the journal; what the store does not have yet waits in it. */
  @Override
  public synchronized void close() {
    closed = true;
    OpenJournal journal = open;
    open = null;
    if (journal != null) {
      journal.close();
    }
  }
}

package dev.terrace.kv.journal;

import dev.terrace.kv.journal.Journal.Outcome;
import dev.terrace.kv.journal.JournalFailure.Kind;
import dev.terrace.kv.journal.JournalSettings.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers records and writes them in groups, on a thread of its own. */
final class GroupCommit implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(GroupCommit.class.getName());
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int GROUP_MAX = 4096;
  private static final long GROUP_BYTES_MAX = 8L << 20;

  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Waiting(byte[] payload, Outcome outcome) {}

  private final JournalSettings settings;
  private final Segments segments;
  private final Thread thread;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition some = lock.newCondition();
  private List<Waiting> waiting = new ArrayList<>();
  private boolean closed;
  private @Nullable JournalFailure broken;
  private volatile long waitingBytes;
  private volatile long failures;
  private volatile long next;
  private volatile long records;
  private volatile long groups;

  GroupCommit(JournalSettings settings, Segments segments, long next) {
    this.settings = settings;
    this.segments = segments;
    this.next = next;
    this.thread = Thread.ofPlatform().name("kv-journal").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  long failures() {
    return failures;
  }

  long next() {
    return next;
  }

  long recordsEver() {
    return records;
  }

  long groupsEver() {
    return groups;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock; others only read
  void append(byte[] payload, long madeAt, Outcome outcome) throws JournalFailure {
    lock.lock();
    try {
      if (closed) {
        throw new JournalFailure(Kind.CLOSED, "the journal is closed");
      }
      if (broken != null) {
        throw broken;
      }
      if (madeAt != failures) {
        throw new JournalFailure(Kind.OVERTAKEN, "a write before this one failed");
      }
      long length = Frame.bytes(payload);
      if (segments.bytes() + waitingBytes + length > settings.limitBytes()) {
        throw new JournalFailure(
            Kind.FULL,
            "the journal in "
                + settings.folder()
                + " has reached kv.journal.limit, "
                + settings.limitBytes()
                + " bytes");
      }
      waitingBytes += length;
      waiting.add(new Waiting(payload, outcome));
      some.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      List<Waiting> group = gathered();
      if (group.isEmpty()) {
        return;
      }
      for (int from = 0; from < group.size(); ) {
        int end = end(group, from);
        JournalFailure failure = committed(group.subList(from, end));
        if (failure != null) {
          fail(group.subList(from, group.size()), failure);
          break;
        }
        from = end;
      }
    }
  }

  /** All wait for this thread: whatever breaks, they are told, and nothing more is taken. */
  private @Nullable JournalFailure committed(List<Waiting> group) {
    try {
      return commit(group);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "the journal broke", e);
      return broken("the journal broke", new IOException(e));
    }
  }

  /** What has gathered; empty once the journal is closed. */
  private List<Waiting> gathered() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        some.awaitUninterruptibly();
      }
      List<Waiting> group = waiting;
      waiting = new ArrayList<>();
      return group;
    } finally {
      lock.unlock();
    }
  }

  private static int end(List<Waiting> all, int from) {
    long bytes = 0;
    int end = from;
    while (end < all.size() && end - from < GROUP_MAX && bytes < GROUP_BYTES_MAX) {
      bytes += all.get(end).payload().length;
      end++;
    }
    return end;
  }

  /** Writes a group, and tells that it is safe; or takes it back, and says why. */
  private @Nullable JournalFailure commit(List<Waiting> group) {
    long first = next;
    try {
      segments.makeRoom(first);
    } catch (IOException e) {
      return noRoom(e);
    }
    long mark = segments.mark();
    try {
      write(group, first);
    } catch (IOException e) {
      return takeBack(mark, e);
    }
    if (settings.durability() == Durability.FSYNC) {
      try {
        segments.force();
      } catch (IOException e) {
        return broken("the disk did not confirm a write", e);
      }
    }
    next = first + group.size();
    long bytes = 0;
    for (int i = 0; i < group.size(); i++) {
      long position = first + i;
      tell(group.get(i).outcome(), outcome -> outcome.safe(position));
      bytes += Frame.bytes(group.get(i).payload());
    }
    written(group.size(), bytes);
    return null;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the counts by this thread only, bytes under lock
  private void written(int count, long bytes) {
    records += count;
    groups++;
    lock.lock();
    try {
      waitingBytes -= bytes;
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Waiting> group, long first) throws IOException {
    buffer.clear();
    for (int i = 0; i < group.size(); i++) {
      byte[] payload = group.get(i).payload();
      int place = settings.durability() == Durability.FSYNC ? i : Frame.UNCONFIRMED;
      put(Frame.header(first + i, place, payload));
      put(ByteBuffer.wrap(payload));
    }
    segments.write(buffer.flip());
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      if (!buffer.hasRemaining()) {
        segments.write(buffer.flip());
        buffer.clear();
      }
    }
  }

  private JournalFailure takeBack(long mark, IOException why) {
    try {
      segments.cutBack(mark);
      return noRoom(why);
    } catch (IOException e) {
      e.addSuppressed(why);
      return broken("what was written of a group could not be taken back", e);
    }
  }

  private JournalFailure noRoom(IOException why) {
    return new JournalFailure(
        Kind.NO_ROOM,
        "the disk of " + settings.folder() + " takes no more: " + why.getMessage(),
        why);
  }

  private JournalFailure broken(String what, IOException why) {
    JournalFailure failure =
        new JournalFailure(
            Kind.BROKEN,
            "the journal in "
                + settings.folder()
                + " is broken until a restart: "
                + what
                + ": "
                + why.getMessage(),
            why);
    lock.lock();
    try {
      broken = failure;
    } finally {
      lock.unlock();
    }
    return failure;
  }

  /** These and all that wait were made from, or after, what was not taken. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock; others only read
  private void fail(List<Waiting> group, JournalFailure why) {
    List<Waiting> all = new ArrayList<>(group);
    lock.lock();
    try {
      failures++;
      all.addAll(waiting);
      waiting = new ArrayList<>();
      waitingBytes = 0;
    } finally {
      lock.unlock();
    }
    all.forEach(w -> tell(w.outcome(), outcome -> outcome.failed(why)));
  }

  /** A listener that breaks must not end the thread that all others wait for. */
  private static void tell(Outcome outcome, Consumer<Outcome> what) {
    try {
      what.accept(outcome);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "what was to follow on a journal's record broke", e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      some.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

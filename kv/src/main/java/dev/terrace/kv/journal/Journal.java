package dev.terrace.kv.journal;

import dev.terrace.kv.journal.JournalFailure.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * A durable log of records, each with a position: 1, 2, 3 and so on. Many threads hand records in;
 * one writes what has gathered at once, has the disk confirm it once, and then tells each that its
 * record is safe. So the more writers there are, the less each costs.
 *
 * <p>Why what was told to be safe is found again: a frame is told only after the disk has confirmed
 * it, frames before it and the header of its file; a new file's name is confirmed before its first
 * frame; a group that was not written wholly is cut off before the next one is written, and nobody
 * was told of it. What is found after a crash beyond that is at most the last group, whole frames
 * only, which its writers were never told about.
 */
public final class Journal implements AutoCloseable {

  /** Takes a record that was found when the journal was opened. */
  @FunctionalInterface
  public interface Reader {
    /** The record at that position. */
    void record(long position, byte[] payload) throws JournalFailure;
  }

  /** Is told, on the journal's own thread and in the order of positions, what became of records. */
  public interface Outcome {
    /** The record is safe, at that position. */
    void safe(long position);

    /** The record was not taken. */
    void failed(JournalFailure why);
  }

  private final FolderLock lock;
  private final UUID id;
  private final GroupCommit commit;
  private final Segments segments;
  private final long tornBytes;

  private Journal(FolderLock lock, UUID id, Segments segments, GroupCommit commit, long tornBytes) {
    this.lock = lock;
    this.id = id;
    this.segments = segments;
    this.commit = commit;
    this.tornBytes = tornBytes;
  }

  /**
   * Opens the journal of a folder, or begins one.
   *
   * @param reader given the records that may be needed still, in order
   */
  public static Journal open(JournalSettings settings, Reader reader) throws JournalFailure {
    return open(settings, reader, Disk.real());
  }

  static Journal open(JournalSettings settings, Reader reader, Disk disk) throws JournalFailure {
    FolderLock lock = FolderLock.of(settings.folder());
    try {
      Optional<Checkpoint> checkpoint = Checkpoint.read(settings.folder());
      Recovery.Found found =
          Recovery.read(
              settings.folder(),
              (journal, position, payload) -> {
                if (checkpoint.isEmpty() || checkpoint.get().needs(journal, position)) {
                  reader.record(position, payload);
                }
              });
      UUID id = found.journal().orElseGet(UUID::randomUUID);
      Segments segments = Segments.open(settings, id, found, disk);
      long next = found.next();
      if (settings.durability() == JournalSettings.Durability.OS && found.journal().isPresent()) {
        // Stores may have applied records that the last loss of power took from here.
        next = Math.max(next, checkpoint.map(Checkpoint::needed).orElse(0L)) + Recovery.JUMP;
        segments.begin(next);
      }
      GroupCommit commit = new GroupCommit(settings, segments, next);
      commit.start();
      return new Journal(lock, id, segments, commit, found.tornBytes());
    } catch (JournalFailure | RuntimeException e) {
      release(lock);
      throw e;
    } catch (IOException e) {
      release(lock);
      throw new JournalFailure(
          Kind.UNUSABLE, "folder " + settings.folder() + " cannot be written: " + e, e);
    }
  }

  private static void release(FolderLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // The process lets go of it when it ends.
    }
  }

  /** What tells this journal from all others, over restarts. */
  public UUID id() {
    return id;
  }

  /**
   * How often records have failed so far. Read it before looking at what a record is made from:
   * {@link #append} refuses one that is made from something that failed since.
   */
  public long failures() {
    return commit.failures();
  }

  /**
   * Hands a record in; what comes of it is told later, unless this fails.
   *
   * @param failures what {@link #failures} said before the record was made
   */
  public void append(byte[] payload, long failures, Outcome outcome) throws JournalFailure {
    commit.append(payload, failures, outcome);
  }

  /** Records before that position are needed no more: segments that hold no others are deleted. */
  public void release(long needed) throws JournalFailure {
    try {
      segments.release(needed);
    } catch (IOException e) {
      throw new JournalFailure(Kind.UNUSABLE, "old segments cannot be deleted: " + e, e);
    }
  }

  /** The bytes that all segments take, and what is about to be written. */
  public long bytes() {
    return segments.bytes() + commit.waitingBytes();
  }

  /** How many files there are. */
  public int segmentCount() {
    return segments.files();
  }

  /** The position of the next record. */
  public long next() {
    return commit.next();
  }

  /** Records that became safe since the start. */
  public long recordsEver() {
    return commit.recordsEver();
  }

  /** Groups that were written since the start, each confirmed by the disk once. */
  public long groupsEver() {
    return commit.groupsEver();
  }

  /** What the last process left behind of a group that it did not write wholly. */
  public long tornBytes() {
    return tornBytes;
  }

  /** Writes what was handed in, then lets go of the folder. */
  @Override
  public void close() {
    commit.close();
    segments.close();
    release(lock);
  }
}

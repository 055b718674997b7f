package dev.terrace.kv.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** The files of an open journal: those that are complete, and the one that is written to. */
final class Segments implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Segments.class.getName());

  /** A file that gets no more frames. */
  private record Complete(Path file, long first, long bytes) {}

  private final JournalSettings settings;
  private final UUID journal;
  private final Disk disk;
  private final Deque<Complete> complete = new ArrayDeque<>();
  private Segment open;
  private long completeBytes;

  /** Of all files; read without waiting for the disk. */
  private volatile long bytes;

  private long released;

  private Segments(JournalSettings settings, UUID journal, Disk disk, Segment open) {
    this.settings = settings;
    this.journal = journal;
    this.disk = disk;
    this.open = open;
  }

  static Segments open(JournalSettings settings, UUID journal, Recovery.Found found, Disk disk)
      throws IOException {
    if (found.segments().isEmpty()) {
      SegmentHeader header = new SegmentHeader(journal, found.next());
      Segment first = Segment.create(settings.folder(), header, disk);
      Segments segments = new Segments(settings, journal, disk, first);
      segments.count();
      return segments;
    }
    Recovery.Read last = found.segments().getLast();
    Segments segments =
        new Segments(
            settings, journal, disk, Segment.resume(last.file(), last.first(), last.bytes()));
    for (Recovery.Read read : found.segments().subList(0, found.segments().size() - 1)) {
      segments.complete.add(new Complete(read.file(), read.first(), read.bytes()));
      segments.completeBytes += read.bytes();
    }
    segments.count();
    return segments;
  }

  /** Makes sure that the frames that are written next go to a file that is not too long. */
  synchronized void makeRoom(long next) throws IOException {
    if (open.bytes() >= settings.segmentBytes()) {
      begin(next);
    }
  }

  /** What is written next goes to a new file, which begins with that position. */
  synchronized void begin(long next) throws IOException {
    open.force();
    SegmentHeader header = new SegmentHeader(journal, next);
    Segment fresh = Segment.create(settings.folder(), header, disk);
    complete.add(new Complete(open.file(), open.first(), open.bytes()));
    completeBytes += open.bytes();
    open.close();
    open = fresh;
    count();
  }

  /** The length of the file that is written to, to {@link #cutBack} to. */
  synchronized long mark() {
    return open.bytes();
  }

  synchronized void write(ByteBuffer frames) throws IOException {
    open.write(frames, disk);
    count();
  }

  synchronized void force() throws IOException {
    open.force();
  }

  synchronized void cutBack(long mark) throws IOException {
    open.cutBack(mark);
    count();
  }

  /** Deletes the files, oldest first, whose frames all come before that position. */
  synchronized void release(long needed) throws IOException {
    if (needed <= released) {
      return;
    }
    released = needed;
    new Checkpoint(journal, needed).write(settings.folder());
    while (!complete.isEmpty()) {
      Complete oldest = complete.peekFirst();
      Complete second = complete.stream().skip(1).findFirst().orElse(null);
      long after = second == null ? open.first() : second.first();
      if (after > needed) {
        return;
      }
      Files.deleteIfExists(oldest.file());
      complete.removeFirst();
      completeBytes -= oldest.bytes();
      count();
    }
  }

  long bytes() {
    return bytes;
  }

  private void count() {
    bytes = completeBytes + open.bytes();
  }

  synchronized int files() {
    return complete.size() + 1;
  }

  @Override
  public synchronized void close() {
    try {
      open.force();
      open.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the journal's last file could not be closed", e);
    }
  }
}

package dev.terrace.kv.journal;

import dev.terrace.kv.journal.JournalFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Reads the segments of a folder in order. A frame that is not whole ends the last segment: the
 * process died while writing it, so nobody was told that it is safe. Anywhere else, or where a
 * later frame proves that it was safe once, it is an error: what was acknowledged must not vanish
 * silently.
 */
final class Recovery {

  /** More records than can be lost at the end: positions jump so far where some may have been. */
  static final long JUMP = 1L << 32;

  /** Takes a record. */
  @FunctionalInterface
  interface Reader {
    /** The record at that position of that journal. */
    void record(UUID journal, long position, byte[] payload) throws JournalFailure;
  }

  /** A segment that was read. */
  record Read(Path file, long first, long bytes) {}

  /**
   * What was found.
   *
   * @param next the position of the next record
   * @param tornBytes how much the last segment holds after its last whole frame
   */
  record Found(Optional<UUID> journal, List<Read> segments, long next, long tornBytes) {}

  private final Path folder;
  private final Reader reader;
  private final List<Read> segments = new ArrayList<>();
  private Optional<UUID> journal = Optional.empty();
  private long next = 1;
  private long tornBytes;

  private Recovery(Path folder, Reader reader) {
    this.folder = folder;
    this.reader = reader;
  }

  static Found read(Path folder, Reader reader) throws JournalFailure {
    Recovery recovery = new Recovery(folder, reader);
    try {
      List<Path> files = files(folder);
      for (int i = 0; i < files.size(); i++) {
        recovery.segment(files.get(i), i == files.size() - 1);
      }
    } catch (IOException e) {
      throw new JournalFailure(Kind.UNUSABLE, "folder " + folder + " cannot be read: " + e, e);
    }
    return new Found(recovery.journal, recovery.segments, recovery.next, recovery.tornBytes);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().endsWith(Segment.SUFFIX)).sorted().toList();
    }
  }

  private void segment(Path file, boolean last) throws IOException, JournalFailure {
    ByteBuffer bytes = bytes(file);
    Optional<SegmentHeader> header = SegmentHeader.of(bytes);
    if (header.isEmpty()) {
      // Frames come only after the header is safe.
      if (last && bytes.limit() <= SegmentHeader.BYTES) {
        tornBytes += bytes.limit();
        Files.delete(file);
        return;
      }
      throw corrupt(file, 0, "it does not begin as a segment does");
    }
    if (journal.isPresent() && !journal.get().equals(header.get().journal())) {
      throw corrupt(file, 0, "it belongs to another journal than the segment before it");
    }
    long jump = header.get().first() - next;
    if (!segments.isEmpty() && jump != 0 && jump < JUMP) {
      throw corrupt(
          file,
          0,
          "it begins with position "
              + header.get().first()
              + ", and the segment before it ends with "
              + (next - 1));
    }
    journal = Optional.of(header.get().journal());
    next = header.get().first();
    int end = frames(file, header.get().journal(), bytes, last);
    segments.add(new Read(file, header.get().first(), end));
  }

  private static ByteBuffer bytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private int frames(Path file, UUID of, ByteBuffer bytes, boolean last) throws JournalFailure {
    int at = SegmentHeader.BYTES;
    while (at < bytes.limit()) {
      int length = Frame.check(bytes, at);
      if (length == 0 || Frame.position(bytes, at) != next) {
        if (!last || wasSafe(bytes, at)) {
          throw corrupt(file, at, "the frame there, of position " + next + ", is damaged");
        }
        tornBytes += bytes.limit() - at;
        return at;
      }
      reader.record(of, next, Frame.payload(bytes, at));
      next++;
      at += length;
    }
    return at;
  }

  /** Whether a frame further on proves that the one there was confirmed by the disk. */
  private boolean wasSafe(ByteBuffer bytes, int bad) {
    for (int at = bad + 1; at + Frame.HEADER_BYTES < bytes.limit(); at++) {
      long position = Frame.position(bytes, at);
      // Few places pass this, so few checksums are made.
      if (position > next && position - next <= bytes.limit() - bad) {
        int place = Frame.place(bytes, at);
        if (place >= 0 && position - place > next && Frame.check(bytes, at) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private JournalFailure corrupt(Path file, long offset, String what) {
    return new JournalFailure(
        Kind.CORRUPT,
        file
            + " is damaged at byte "
            + offset
            + ": "
            + what
            + ". Writes that were acknowledged are in it. Bring the file back from a copy or"
            + " repair the disk; to start without them, move the folder "
            + folder
            + " away, and its writes that are not in the store yet are lost");
  }
}

package dev.terrace.kv.back;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * The writes that a store refuses, in a file beside the journal that is written anew with each
 * change: there should be none.
 */
final class DeadLetters {

  /** More stop the lane that has them, rather than fill memory. */
  private static final int LETTERS_MAX = 10_000;

  private static final String NAME = "dead-letters";

  private record Id(long position, String key) {}

  private final Path folder;
  private Map<Id, DeadLetter> letters;

  private DeadLetters(Path folder, Map<Id, DeadLetter> letters) {
    this.folder = folder;
    this.letters = letters;
  }

  /** Those of a folder. */
  static DeadLetters open(Path folder) throws IOException {
    Map<Id, DeadLetter> letters = new LinkedHashMap<>();
    Path file = folder.resolve(NAME);
    if (Files.exists(file)) {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length < Integer.BYTES
          || ByteBuffer.wrap(bytes).getInt() != checksum(bytes, Integer.BYTES)) {
        throw new IOException(
            file + " is damaged; move it away to start without the refused writes in it");
      }
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      in.readInt();
      for (int left = in.readInt(); left > 0; left--) {
        long position = in.readLong();
        long atMillis = in.readLong();
        String reason = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        DeadLetter letter =
            new DeadLetter(position, atMillis, reason, LogRecord.of(in.readNBytes(in.readInt())));
        letters.put(id(letter), letter);
      }
    }
    return new DeadLetters(folder, letters);
  }

  private static Id id(DeadLetter letter) {
    return new Id(letter.position(), letter.key());
  }

  private static int checksum(byte[] bytes, int from) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, bytes.length - from);
    return (int) sum.getValue();
  }

  synchronized List<DeadLetter> all() {
    return List.copyOf(letters.values());
  }

  synchronized int count() {
    return letters.size();
  }

  /** Keeps these as well, safely. */
  synchronized void add(List<DeadLetter> more) throws IOException {
    Map<Id, DeadLetter> all = new LinkedHashMap<>(letters);
    more.forEach(letter -> all.put(id(letter), letter));
    if (all.size() > LETTERS_MAX) {
      throw new IOException(
          "there are "
              + LETTERS_MAX
              + " refused writes already: replay or drop some with terrace kv dead-letters");
    }
    write(all);
  }

  /** Keeps those no more, safely; which they were. */
  synchronized List<DeadLetter> drop(Predicate<DeadLetter> which) throws IOException {
    List<DeadLetter> dropped = new ArrayList<>(letters.values().stream().filter(which).toList());
    Map<Id, DeadLetter> rest = new LinkedHashMap<>(letters);
    dropped.forEach(letter -> rest.remove(id(letter)));
    write(rest);
    return dropped;
  }

  private void write(Map<Id, DeadLetter> all) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(content);
    out.writeInt(0);
    out.writeInt(all.size());
    for (DeadLetter letter : all.values()) {
      out.writeLong(letter.position());
      out.writeLong(letter.atMillis());
      byte[] reason = letter.reason().getBytes(StandardCharsets.UTF_8);
      out.writeInt(reason.length);
      out.write(reason);
      byte[] record = letter.record().encoded();
      out.writeInt(record.length);
      out.write(record);
    }
    byte[] bytes = content.toByteArray();
    ByteBuffer.wrap(bytes).putInt(0, checksum(bytes, Integer.BYTES));
    Path fresh = folder.resolve(NAME + ".new");
    Files.write(fresh, bytes);
    force(fresh);
    Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    force(folder);
    letters = all;
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

package dev.terrace.kv.journal;

import dev.terrace.kv.journal.JournalSettings.Durability;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;

/** A process that writes records until it is killed, and says which are safe: "THREAD NUMBER.". */
final class JournalWriter {

  private static final int THREADS = 16;

  private JournalWriter() {}

  static JournalSettings settings(Path folder, Durability durability) {
    return new JournalSettings(folder, durability, 64 << 10, 1 << 28);
  }

  /** The record of a thread with that number, whoever asks. */
  static byte[] record(int thread, int number) {
    Random random = new Random(thread * 31L + number);
    byte[] content = new byte[random.nextInt(200)];
    random.nextBytes(content);
    return ByteBuffer.allocate(8 + content.length)
        .putInt(thread)
        .putInt(number)
        .put(content)
        .array();
  }

  static int thread(byte[] payload) {
    return ByteBuffer.wrap(payload).getInt();
  }

  /** Writes on, behind what is in the folder. */
  public static void main(String[] arguments) throws Exception {
    Map<Integer, Integer> last = new HashMap<>();
    Journal journal =
        Journal.open(
            settings(Path.of(arguments[0]), Durability.FSYNC),
            (position, payload) -> last.merge(thread(payload), 1, Integer::sum));
    OutputStream words = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      int first = last.getOrDefault(thread, 0) + 1;
      Thread.ofPlatform().start(() -> write(journal, thread, first, words));
    }
  }

  private static void write(Journal journal, int thread, int first, OutputStream words) {
    Semaphore waiting = new Semaphore(4);
    for (int number = first; ; number++) {
      waiting.acquireUninterruptibly();
      int mine = number;
      try {
        journal.append(
            record(thread, number),
            journal.failures(),
            new Journal.Outcome() {
              @Override
              public void safe(long position) {
                waiting.release();
                say(words, thread + " " + mine + ".\n");
              }

              @Override
              public void failed(JournalFailure why) {
                say(words, why.reason() + "\n");
              }
            });
      } catch (JournalFailure e) {
        say(words, e.reason() + "\n");
        return;
      }
    }
  }

  private static void say(OutputStream words, String text) {
    try {
      words.write(text.getBytes(StandardCharsets.US_ASCII));
      words.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

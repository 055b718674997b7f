package dev.terrace.kv.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.kv.journal.JournalFailure.Kind;
import dev.terrace.kv.journal.JournalSettings.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told to be safe is found again, in order, and room is made and kept within limits. */
class JournalTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private JournalSettings settings(long segmentBytes, long limitBytes) {
    return new JournalSettings(folder, Durability.FSYNC, segmentBytes, limitBytes);
  }

  private JournalSettings settings() {
    return settings(1 << 20, 1 << 26);
  }

  /** Waits for a record to be safe. */
  static final class Waited extends CompletableFuture<Long> implements Journal.Outcome {
    @Override
    public void safe(long position) {
      complete(position);
    }

    @Override
    public void failed(JournalFailure why) {
      completeExceptionally(why);
    }
  }

  static Waited append(Journal journal, String text) throws JournalFailure {
    Waited waited = new Waited();
    journal.append(text.getBytes(StandardCharsets.UTF_8), journal.failures(), waited);
    return waited;
  }

  private static List<String> texts(JournalSettings settings) throws JournalFailure {
    List<String> texts = new ArrayList<>();
    Journal.open(settings, (position, payload) -> texts.add(text(position, payload))).close();
    return texts;
  }

  private static String text(long position, byte[] payload) {
    return position + "=" + new String(payload, StandardCharsets.UTF_8);
  }

  private static Journal open(JournalSettings settings) throws JournalFailure {
    return Journal.open(settings, (position, payload) -> {});
  }

  @Test
  void recordsAreFoundInOrderOverRestarts() throws Exception {
    try (Journal journal = open(settings())) {
      assertThat(append(journal, "a").get()).isEqualTo(1);
      assertThat(append(journal, "b").get()).isEqualTo(2);
    }
    assertThat(texts(settings())).containsExactly("1=a", "2=b");
    try (Journal journal = open(settings())) {
      assertThat(append(journal, "c").get()).isEqualTo(3);
    }
    assertThat(texts(settings())).containsExactly("1=a", "2=b", "3=c");
  }

  @Test
  void theJournalKeepsItsIdOverRestarts() throws Exception {
    Journal first = open(settings());
    first.close();
    try (Journal second = open(settings())) {
      assertThat(second.id()).isEqualTo(first.id());
    }
  }

  @Test
  void writersThatWaitShareOneConfirmation() throws Exception {
    int writers = 64;
    int each = 50;
    try (Journal journal = open(settings(1 << 14, 1 << 26));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        String name = "w" + writer;
        all.add(
            threads.submit(() -> {
              for (int i = 0; i < each; i++) {
                append(journal, name + ":" + i).get();
              }
              return name;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(journal.recordsEver()).isEqualTo((long) writers * each);
      assertThat(journal.groupsEver()).isLessThan((long) writers * each / 2);
      assertThat(journal.segmentCount()).isGreaterThan(1);
    }
    List<String> found = texts(settings());
    assertThat(found).hasSize(writers * each);
    for (int writer = 0; writer < writers; writer++) {
      String name = "w" + writer + ":";
      assertThat(
              found.stream()
                  .map(t -> t.substring(t.indexOf('=') + 1))
                  .filter(t -> t.startsWith(name)))
          .containsExactlyElementsOf(IntStream.range(0, each).mapToObj(i -> name + i).toList());
    }
  }

  @Test
  void segmentsWhoseRecordsAreNeededNoMoreAreDeleted() throws Exception {
    String filler = "x".repeat(1000);
    try (Journal journal = open(settings(4096, 1 << 20))) {
      for (int i = 0; i < 50; i++) {
        append(journal, filler).get();
      }
      assertThat(journal.segmentCount()).isGreaterThan(5);
      journal.release(49);
      assertThat(journal.segmentCount()).isLessThanOrEqualTo(2);
      assertThat(journal.bytes()).isLessThan(10_000);
    }
    assertThat(texts(settings())).containsExactly("49=" + filler, "50=" + filler);
    try (Journal journal = open(settings())) {
      journal.release(51);
      assertThat(journal.next()).isEqualTo(51);
    }
    assertThat(texts(settings())).isEmpty();
    try (Journal journal = open(settings())) {
      assertThat(append(journal, "later").get()).isEqualTo(51);
    }
  }

  @Test
  void aFolderBelongsToOneJournal() throws Exception {
    try (Journal journal = open(settings())) {
      JournalFailure failure =
          catchThrowableOfType(JournalFailure.class, () -> open(settings()).close());
      assertThat(failure.kind()).isEqualTo(Kind.IN_USE);
      assertThat(failure).hasMessageContaining(folder.toString()).hasMessageContaining("folder");
      assertThat(append(journal, "still").get()).isEqualTo(1);
    }
    open(settings()).close();
  }

  @Test
  void aFullJournalRefusesAndTakesAgainWhenThereIsRoom() throws Exception {
    try (Journal journal = open(settings(1000, 5000))) {
      String filler = "x".repeat(480);
      JournalFailure failure =
          catchThrowableOfType(
              JournalFailure.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  append(journal, filler).get();
                }
              });
      assertThat(failure.kind()).isEqualTo(Kind.FULL);
      assertThat(failure).hasMessageContaining("kv.journal.limit");
      assertThat(journal.bytes()).isLessThanOrEqualTo(5000);
      journal.release(journal.next());
      append(journal, filler).get();
    }
  }

  @Test
  void aDiskThatTakesNoMoreRefusesWholeRecordsAndTakesThemAgainLater() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    Disk disk =
        (channel, bytes) -> {
          if (full.get()) {
            // As a disk does that has a few bytes left.
            channel.write(bytes.slice(bytes.position(), Math.min(7, bytes.remaining())));
            throw new IOException("No space left on device");
          }
          Disk.real().write(channel, bytes);
        };
    List<String> safe = new ArrayList<>();
    try (Journal journal = Journal.open(settings(300, 1 << 20), (p, b) -> {}, disk)) {
      for (int i = 0; i < 60; i++) {
        full.set(i % 3 == 1);
        String text = "record " + i + "x".repeat(50);
        Waited waited = append(journal, text);
        if (full.get()) {
          assertThat(waited.handle((p, e) -> e instanceof JournalFailure f ? f.kind() : null).get())
              .isEqualTo(Kind.NO_ROOM);
        } else {
          safe.add(waited.get() + "=" + text);
        }
      }
    }
    assertThat(texts(settings())).containsExactlyElementsOf(safe);
  }

  @Test
  void whatWasMadeFromAFailedRecordIsRefused() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    Disk disk =
        (channel, bytes) -> {
          if (full.get() && channel.position() > 0) {
            throw new IOException("No space left on device");
          }
          Disk.real().write(channel, bytes);
        };
    try (Journal journal = Journal.open(settings(), (p, b) -> {}, disk)) {
      long before = journal.failures();
      assertThat(append(journal, "fails").handle((p, e) -> e != null).get()).isTrue();
      full.set(false);
      JournalFailure failure =
          catchThrowableOfType(
              JournalFailure.class, () -> journal.append(new byte[] {1}, before, new Waited()));
      assertThat(failure.kind()).isEqualTo(Kind.OVERTAKEN);
      assertThat(append(journal, "fresh").get()).isEqualTo(1);
    }
  }

  @Test
  void recordsLargerThanTheBufferAreWhole() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500_000; i++) {
      text.append(i).append(',');
    }
    try (Journal journal = open(settings())) {
      append(journal, "before").get();
      append(journal, text.toString()).get();
      append(journal, "after").get();
    }
    assertThat(texts(settings())).containsExactly("1=before", "2=" + text, "3=after");
  }

  @Test
  void aClosedJournalRefuses() throws Exception {
    Journal journal = open(settings());
    journal.close();
    JournalFailure failure =
        catchThrowableOfType(JournalFailure.class, () -> append(journal, "late"));
    assertThat(failure.kind()).isEqualTo(Kind.CLOSED);
  }
}

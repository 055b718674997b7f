package dev.terrace.kv.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.kv.journal.JournalFailure.Kind;
import dev.terrace.kv.journal.JournalSettings.Durability;
import dev.terrace.testkit.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a file that was cut off, or has rotted: a prefix, or an error that says so. */
class JournalCrashTest {

  private static final List<String> RECORDS =
      IntStream.range(0, 6).mapToObj(i -> "record " + "abcdef".repeat(i) + i).toList();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private JournalSettings settings() {
    return new JournalSettings(folder, Durability.FSYNC, 1 << 20, 1 << 26);
  }

  private Path write(List<String> records) throws Exception {
    try (Journal journal = Journal.open(settings(), (p, b) -> {})) {
      for (String record : records) {
        JournalTest.append(journal, record).get();
      }
    }
    return segments().getLast();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(Segment.SUFFIX)).sorted().toList();
    }
  }

  private List<String> read() throws JournalFailure {
    List<String> found = new ArrayList<>();
    Journal.open(settings(), (p, b) -> found.add(new String(b, StandardCharsets.UTF_8))).close();
    return found;
  }

  @Test
  void aFileCutOffAtAnyByteLeavesTheWholeRecordsBefore() throws Exception {
    Path file = write(RECORDS);
    byte[] whole = Files.readAllBytes(file);
    List<Integer> ends = new ArrayList<>();
    int end = SegmentHeader.BYTES;
    for (String record : RECORDS) {
      end += Frame.HEADER_BYTES + record.length();
      ends.add(end);
    }
    assertThat(whole).hasSize(end);
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int cut = length;
      int complete = (int) ends.stream().filter(e -> e <= cut).count();
      assertThat(read()).as("cut at %d", length).isEqualTo(RECORDS.subList(0, complete));
      // What is written next is found behind them, and nothing of the torn one.
      try (Journal journal = Journal.open(settings(), (p, b) -> {})) {
        JournalTest.append(journal, "next").get();
      }
      List<String> expected = new ArrayList<>(RECORDS.subList(0, complete));
      expected.add("next");
      assertThat(read()).as("cut at %d, then written to", length).isEqualTo(expected);
      for (Path each : segments()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void aFileThatEndsInGarbageOrZerosLeavesTheWholeRecords() throws Exception {
    Path file = write(RECORDS);
    byte[] whole = Files.readAllBytes(file);
    Seeded.rounds(
        1,
        50,
        random -> {
          byte[] tail = random.nextBoolean() ? random.bytes(1 + random.nextInt(200)) : new byte[64];
          byte[] longer = Arrays.copyOf(whole, whole.length + tail.length);
          System.arraycopy(tail, 0, longer, whole.length, tail.length);
          Files.write(file, longer);
          assertThat(read()).isEqualTo(RECORDS);
        });
  }

  @Test
  void aFlippedBitIsAnErrorWhereALaterRecordProvesThatItWasSafe() throws Exception {
    Path file = write(RECORDS);
    byte[] whole = Files.readAllBytes(file);
    int last = whole.length - Frame.HEADER_BYTES - RECORDS.getLast().length();
    for (int at = 0; at < whole.length; at++) {
      byte[] rotten = whole.clone();
      rotten[at] ^= (byte) (1 << at % 8);
      Files.write(file, rotten);
      if (at >= last) {
        assertThat(read()).as("byte %d", at).isEqualTo(RECORDS.subList(0, RECORDS.size() - 1));
      } else {
        JournalFailure failure = catchThrowableOfType(JournalFailure.class, this::read);
        assertThat(failure).as("byte %d", at).isNotNull();
        assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(failure)
            .hasMessageContaining(file.toString())
            .hasMessageContaining("at byte ")
            .hasMessageContaining("move the folder");
      }
    }
  }

  @Test
  void aDamagedOrMissingSegmentBeforeTheLastIsAnError() throws Exception {
    JournalSettings small = new JournalSettings(folder, Durability.FSYNC, 100, 1 << 20);
    try (Journal journal = Journal.open(small, (p, b) -> {})) {
      for (int i = 0; i < 12; i++) {
        JournalTest.append(journal, "record " + i).get();
      }
    }
    List<Path> files = segments();
    assertThat(files).hasSizeGreaterThan(3);
    Path second = files.get(1);
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, Arrays.copyOf(whole, whole.length - 1));
    assertThat(catchThrowableOfType(JournalFailure.class, this::read))
        .hasMessageContaining(second.toString());
    Files.delete(second);
    assertThat(catchThrowableOfType(JournalFailure.class, this::read))
        .hasMessageContaining(files.get(2).toString());
    Files.write(second, whole);
    assertThat(read()).hasSize(12);
  }

  @Test
  void whateverIsInAFileNoRecordIsMadeUp() throws Exception {
    Path file = write(RECORDS);
    byte[] whole = Files.readAllBytes(file);
    Seeded.rounds(
        20,
        400,
        random -> {
          Files.write(file, random.mutate(whole));
          try {
            List<String> found = read();
            assertThat(found).isEqualTo(RECORDS.subList(0, found.size()));
          } catch (JournalFailure e) {
            assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
          }
          Files.write(file, whole);
        });
  }
}

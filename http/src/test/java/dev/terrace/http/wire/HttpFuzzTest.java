package dev.terrace.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections full of messages that are nearly right, read by us and by Netty's decoder. Whatever
 * the two do not read alike must be explained by a {@link Difference}, and we must read the same
 * however the bytes come split. {@code bench/fuzz.sh SECONDS} runs it for longer and from other
 * seeds, {@code -Dterrace.seed=N} repeats one case.
 */
class HttpFuzzTest {

  private static final Duration TIME = Duration.ofSeconds(Long.getLong("terrace.fuzz.seconds", 0));
  private static final int CASES_MIN = 8_000;
  private static final Path DOCUMENT = Path.of("../docs/reference/conformance.md");
  private static final String TABLE = "| difference | why | source |\n|---|---|---|\n";

  @ParameterizedTest
  @EnumSource
  void whatIsNotReadAlikeIsExplained(Kind kind) {
    long first = Long.getLong("terrace.fuzz.first", 20261124);
    System.out.println("HttpFuzzTest from seed " + first);
    Map<Difference, Integer> explained = new EnumMap<>(Difference.class);
    int cases = 0;
    int alike = 0;
    long end = System.nanoTime() + TIME.toNanos();
    while (cases < CASES_MIN || System.nanoTime() < end) {
      long seed = first + cases++;
      String text = text(kind, Seeded.of(seed));
      Reading ours = kind.ours(text);
      Optional<Dispute> dispute = Dispute.between(kind, text, ours, kind.nettys(text));
      if (dispute.isPresent()) {
        explained.merge(explanation(seed, dispute.get()), 1, Integer::sum);
      } else if (!ours.refused()) {
        alike++;
      }
      if (cases % 8 == 0) {
        sameHoweverSplit(kind, seed, text, ours);
      }
    }
    System.out.println(cases + " cases, " + alike + " taken alike, differences: " + explained);
    if (Long.getLong("terrace.seed") == null) {
      assertThat(alike).isBetween(cases / 10, cases * 4 / 5);
    }
  }

  private static String text(Kind kind, Seeded random) {
    String good = kind.text(random);
    return random.nextInt(2) == 0 ? good : HttpGrammar.changed(random, good, kind.text(random));
  }

  private static Difference explanation(long seed, Dispute dispute) {
    return Difference.explaining(dispute)
        .orElseThrow(() -> new AssertionError("-Dterrace.seed=" + seed + " " + dispute));
  }

  private static void sameHoweverSplit(Kind kind, long seed, String text, Reading whole) {
    byte[] bytes = Kind.bytes(text);
    List<byte[]> single =
        Stream.iterate(0, i -> i < bytes.length, i -> i + 1)
            .map(i -> new byte[] {bytes[i]})
            .toList();
    assertThat(kind.ours(single)).as("seed " + seed).isEqualTo(whole);
    for (int at = 1; at < bytes.length; at++) {
      List<byte[]> halves =
          List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
      assertThat(kind.ours(halves)).as("seed " + seed + " split at " + at).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachDifferenceHasAnExampleThatShowsIt(Difference difference) {
    Kind kind = difference.kind();
    String text = difference.example();
    Optional<Dispute> dispute = Dispute.between(kind, text, kind.ours(text), kind.nettys(text));
    assertThat(dispute.flatMap(Difference::explaining)).as(() -> "" + dispute).contains(difference);
  }

  @Test
  void theDocumentNamesEachDifference() throws IOException {
    String table =
        TABLE + Stream.of(Difference.values()).map(Difference::row).collect(Collectors.joining());
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf(TABLE);
    int end = document.indexOf("\n\n", start) + 1;
    if (Boolean.getBoolean("terrace.regenerate")) {
      Files.writeString(DOCUMENT, document.substring(0, start) + table + document.substring(end));
      return;
    }
    assertThat(document.substring(start, end))
        .as("-Dterrace.regenerate=true writes it")
        .isEqualTo(table);
  }
}

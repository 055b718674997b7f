package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a good file, the answer is a config or problems with places in the file. */
class FuzzTest {

  private static final int ROUNDS = 150;

  private final byte[] good;

  FuzzTest() throws IOException {
    good = Files.readAllBytes(Path.of("src/test/resources/golden/every-key.yaml"));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20261123})
  void mutatedBytes(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes = mutated(bytes, random);
      }
      check(bytes, "seed " + seed + " round " + round);
    }
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    String alphabet = "{}[]:,-&*!|>'\"%@`#?~$\t\r\n 0aZ";
    int at = random.nextInt(bytes.length);
    byte any =
        random.nextInt(8) == 0
            ? (byte) random.nextInt(256)
            : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    switch (random.nextInt(3)) {
      case 0 -> bytes[at] = any;
      case 1 -> bytes = spliced(bytes, at, at + 1 + random.nextInt(8), new byte[0]);
      default -> bytes = spliced(bytes, at, at, new byte[] {any});
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    int end = Math.min(to, bytes.length);
    byte[] result = Arrays.copyOf(bytes, from + middle.length + bytes.length - end);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, end, result, from + middle.length, bytes.length - end);
    return result;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {2, 20261124})
  void mutatedLines(long seed) {
    Random random = new Random(seed);
    List<String> lines = new String(good, StandardCharsets.UTF_8).lines().toList();
    for (int round = 0; round < ROUNDS; round++) {
      List<String> changed = new ArrayList<>(lines);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(changed.size());
        int other = random.nextInt(changed.size());
        switch (random.nextInt(4)) {
          case 0 -> changed.remove(at);
          case 1 -> changed.add(at, changed.get(other));
          case 2 -> Collections.swap(changed, at, other);
          default -> changed.set(at, " ".repeat(random.nextInt(6)) + changed.get(at).strip());
        }
      }
      check(
          String.join("\n", changed).getBytes(StandardCharsets.UTF_8),
          "seed " + seed + " round " + round);
    }
  }

  private static void check(byte[] bytes, String what) {
    Loaded loaded;
    try {
      loaded = ConfigFile.parse("fuzz.yaml", bytes, GoldenTest.VARIABLES);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(what + ": " + new String(bytes, StandardCharsets.UTF_8), e);
    }
    switch (loaded) {
      case Loaded.Ok ok -> {
        places(ok.warnings(), bytes, what);
        assertThat(EffectiveConfig.yaml(ok.config())).as(what).doesNotContain("hunter");
      }
      case Loaded.Broken broken -> {
        assertThat(broken.problems()).as(what).isNotEmpty();
        places(broken.problems(), bytes, what);
      }
    }
  }

  private static void places(List<Problem> problems, byte[] bytes, String what) {
    List<String> lines =
        Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\r\n|[\r\n]", -1));
    for (Problem problem : problems) {
      assertThat(problem.file()).as(what).isEqualTo("fuzz.yaml");
      assertThat(problem.line()).as("%s: %s", what, problem).isBetween(1, lines.size());
      int length = lines.get(problem.line() - 1).length();
      assertThat(problem.column()).as("%s: %s", what, problem).isBetween(1, length + 1);
      assertThat(problem.message()).as(what).isNotBlank().doesNotContain("hunter", "null", "\n");
    }
  }
}

package dev.terrace.kv.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.kv.journal.JournalSettings.Durability;
import dev.terrace.testkit.Seeded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write are killed: all that they said is safe is there, and nothing else. */
class JournalKillTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @Test
  void whatAKilledProcessCalledSafeIsFound() throws Exception {
    Seeded.run(
        5,
        random -> {
          Map<Integer, Integer> safe = new HashMap<>();
          for (int kill = 0; kill < 3; kill++) {
            killAfter(2_000 + random.nextInt(8_000), safe);
            check(safe);
          }
        });
  }

  /** Kills a writer once it has called so many records safe; all its words until then count. */
  private void killAfter(int records, Map<Integer, Integer> safe) throws IOException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JournalWriter.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int heard = 0;
    try (BufferedReader words =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = words.readLine();
      while (line != null && line.endsWith(".")) {
        String[] word = line.substring(0, line.length() - 1).split(" ", -1);
        safe.merge(Integer.parseInt(word[0]), Integer.parseInt(word[1]), Math::max);
        heard++;
        if (heard == records) {
          writer.toHandle().destroyForcibly();
        }
        line = words.readLine();
      }
    }
    assertThat(heard).isGreaterThanOrEqualTo(records);
  }

  /** Each thread's records are there from its first, in order, up to the last safe one at least. */
  private void check(Map<Integer, Integer> safe) throws JournalFailure {
    Map<Integer, Integer> found = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    JournalSettings settings = JournalWriter.settings(folder, Durability.FSYNC);
    Journal.open(
            settings,
            (position, payload) -> {
              int thread = JournalWriter.thread(payload);
              int number = found.merge(thread, 1, Integer::sum);
              if (!Arrays.equals(payload, JournalWriter.record(thread, number))) {
                wrong.add("at " + position + ": not record " + number + " of thread " + thread);
              }
            })
        .close();
    assertThat(wrong).isEmpty();
    safe.forEach(
        (thread, last) -> assertThat(found.getOrDefault(thread, 0)).isGreaterThanOrEqualTo(last));
  }
}

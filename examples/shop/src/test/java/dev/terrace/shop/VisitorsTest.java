package dev.terrace.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import dev.terrace.testkit.Behaviour;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.TestBackend;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VisitorsTest {

  @Test
  void aFewProductsAreWantedMostOfTheTime() {
    Seeded random = Seeded.of(1);
    Visitors.Zipf taste = new Visitors.Zipf(10_000);
    int[] count = new int[10_001];
    for (int i = 0; i < 100_000; i++) {
      count[taste.next(random)]++;
    }
    int hundredBest = 0;
    for (int rank = 1; rank <= 100; rank++) {
      hundredBest += count[rank];
    }
    assertThat(hundredBest).isBetween(45_000, 55_000); // log 101 / log 10001 is half
    assertThat(count[1]).isGreaterThan(2 * count[3]);
    assertThat(count[10_000] + count[9_999] + count[9_998]).isLessThan(50);
  }

  @Test
  void theyGoOnWhenNobodyAnswersAndNameTheHost() throws Exception {
    try (TestBackend backend = TestBackend.start(Behaviour.ok("fine"))) {
      Process visitors =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Visitors.class.getName(),
                  "--url",
                  "http://" + backend.address(),
                  "--rate",
                  "50")
              .redirectErrorStream(true)
              .start();
      try (BufferedReader lines = visitors.inputReader()) {
        List<String> seen = new ArrayList<>();
        readUntil(lines, seen, ".* [1-9]\\d* ok .*");
        assertThat(backend.requests())
            .allMatch(request -> request.header("host").orElse("").equals("shop.example"))
            .anyMatch(request -> request.path().startsWith("/products/"));
        backend.stop();
        readUntil(lines, seen, ".* 0 ok +[1-9]\\d* failed .*");
        backend.restart();
        readUntil(lines, seen, ".* [1-9]\\d* ok +0 failed .*");
        assertThat(visitors.isAlive()).isTrue();
      } finally {
        visitors.destroyForcibly();
      }
      Await.until("they are gone", () -> backend.openConnections() == 0);
    }
  }

  private static void readUntil(BufferedReader lines, List<String> seen, String pattern)
      throws Exception {
    for (int i = 0; i < 20; i++) {
      String line = lines.readLine();
      assertThat(line).as("after %s", seen).isNotNull();
      seen.add(line);
      if (line.matches(pattern)) {
        return;
      }
    }
    throw new AssertionError("no line like " + pattern + " in " + seen);
  }
}

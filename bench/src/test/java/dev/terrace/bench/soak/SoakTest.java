package dev.terrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The soak, for ten seconds. */
class SoakTest {

  @TempDir private Path folder;

  @Test
  void nothingFailsWhileMembersAndTheFileChange() throws Exception {
    assertThat(Soak.run(folder, Duration.ofSeconds(10), 20261124)).isEmpty();
  }
}

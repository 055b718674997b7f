package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed schema and reference are those that the records give. */
class GeneratedDocsTest {

  private static final Path FOLDER = Path.of("../docs/reference");

  @Test
  void theSchemaIsFresh() throws IOException {
    assertFresh("terrace.schema.json", ConfigSchema.json());
  }

  @Test
  void theReferenceIsFresh() throws IOException {
    assertFresh("configuration.md", ConfigReference.markdown());
  }

  private static void assertFresh(String name, String generated) throws IOException {
    Path file = FOLDER.resolve(name);
    if (Boolean.getBoolean("terrace.regenerate")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, generated);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as(
            "docs/reference/%s is stale: run mvn test -pl config -am -Dtest=GeneratedDocsTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dterrace.regenerate=true and commit"
                + " the result",
            name)
        .isEqualTo(generated);
  }
}

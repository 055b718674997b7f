package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.MetricKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/metrics.md} is written from {@link Metric}; this says when it is stale. */
class MetricsReferenceTest {

  private static final Path FILE = root().resolve("docs/reference/metrics.md");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    // Maven runs tests in the module's folder, an editor perhaps in the root.
    return folder.endsWith("console") ? folder.resolveSibling("") : folder;
  }

  private static String reference() {
    StringBuilder text =
        new StringBuilder(
            """
            # Metrics

            These are all metrics of `/metrics`. The file is written from `Metric.java`: run the tests with
            `-Dterrace.regenerate=true` after a change. A histogram has buckets from 100 us to 10 s, in steps
            of 1, 2 and 5.

            | metric | kind | labels | meaning |
            |---|---|---|---|
            """);
    for (Metric metric : Metric.values()) {
      String labels =
          metric.labels().stream().map(l -> "`" + l + "`").collect(Collectors.joining(", "));
      text.append("| `").append(metric.prometheusName()).append("` | ");
      text.append(metric.kind().name().toLowerCase(Locale.ROOT)).append(" | ");
      text.append(labels).append(" | ").append(metric.help()).append(" |\n");
    }
    return text.toString();
  }

  @Test
  void theReferenceListsEveryMetric() throws IOException {
    if (Boolean.getBoolean("terrace.regenerate")) {
      Files.writeString(FILE, reference());
    }
    assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
        .as("%s; run the tests with -Dterrace.regenerate=true", FILE)
        .isEqualTo(reference());
  }

  @Test
  void namesKeepToPrometheusRules() {
    for (Metric metric : Metric.values()) {
      assertThat(metric.prometheusName()).matches("terrace_[a-z_]+");
      assertThat(metric.prometheusName().endsWith("_total"))
          .as(metric.prometheusName())
          .isEqualTo(metric.kind() == MetricKind.COUNTER);
      assertThat(metric.help()).endsWith(".");
      if (metric.kind() == MetricKind.HISTOGRAM) {
        assertThat(metric.prometheusName()).endsWith("_seconds");
      }
    }
  }
}

package dev.terrace.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignalsTest {

  private final Signals signals = new Signals();

  @Test
  void aCounterIsOneObjectPerSeries() {
    Counter counter = signals.counter(Metric.DNS_QUERIES, "NOERROR");
    assertThat(signals.counter(Metric.DNS_QUERIES, "NOERROR")).isSameAs(counter);
    assertThat(signals.counter(Metric.DNS_QUERIES, "NXDOMAIN")).isNotSameAs(counter);
    counter.increment();
    counter.add(4);
    assertThat(counter.value()).isEqualTo(5);
    assertThat(signals.samples())
        .contains(
            new Signals.Sample.Value(
                new Signals.Series(Metric.DNS_QUERIES, List.of("NOERROR")), 5));
  }

  @Test
  void aGaugeReadsItsLevelUntilItIsReplacedOrRemoved() {
    signals.gauge(() -> 1, Metric.CONNECTIONS, "http");
    signals.gauge(() -> 2, Metric.CONNECTIONS, "http");
    Signals.Series series = new Signals.Series(Metric.CONNECTIONS, List.of("http"));
    assertThat(signals.samples()).containsExactly(new Signals.Sample.Value(series, 2));
    signals.removeGauge(Metric.CONNECTIONS, "http");
    assertThat(signals.samples()).isEmpty();
  }

  @Test
  void aHistogramPutsEachDurationIntoItsBucket() {
    Histogram histogram = signals.histogram(Metric.HTTP_SECONDS, "0");
    assertThat(signals.histogram(Metric.HTTP_SECONDS, "0")).isSameAs(histogram);
    double[] bounds = Histogram.upperBoundsSeconds();
    long[] expected = new long[bounds.length + 1];
    for (int i = 0; i < bounds.length; i++) {
      long bound = Math.round(bounds[i] * 1e9);
      histogram.recordNanos(bound);
      histogram.recordNanos(bound + 1);
      expected[i]++;
      expected[i + 1]++;
    }
    histogram.recordNanos(0);
    expected[0]++;
    List<Long> counts = new ArrayList<>();
    for (long count : expected) {
      counts.add(count);
    }
    assertThat(histogram.counts()).isEqualTo(counts);
    assertThat(histogram.sumSeconds())
        .isCloseTo(
            2 * java.util.Arrays.stream(bounds).sum(), org.assertj.core.data.Offset.offset(1e-6));
    assertThat(signals.samples())
        .containsExactly(
            new Signals.Sample.Distribution(
                new Signals.Series(Metric.HTTP_SECONDS, List.of("0")),
                counts,
                histogram.sumSeconds()));
  }

  @Test
  void theWrongKindOrLabelsAreRefused() {
    assertThatThrownBy(() -> signals.counter(Metric.CONNECTIONS, "http"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("terrace_connections is a GAUGE");
    assertThatThrownBy(() -> signals.counter(Metric.DNS_QUERIES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("terrace_dns_queries_total has labels [rcode], not []");
  }

  @Test
  void everyMetricHasItsOwnNameByPrometheusRules() {
    Set<String> names = new HashSet<>();
    for (Metric metric : Metric.values()) {
      String name = metric.prometheusName();
      assertThat(names.add(name)).as(name).isTrue();
      assertThat(name).matches("terrace_[a-z_]+");
      assertThat(name.endsWith("_total")).isEqualTo(metric.kind() == MetricKind.COUNTER);
      assertThat(metric.help()).endsWith(".");
      assertThat(metric.labels()).doesNotHaveDuplicates().allMatch(l -> l.matches("[a-z]+"));
    }
  }

  @Test
  void anExplanationIsItsSteps() {
    List<Explanation.Step> steps = new ArrayList<>();
    steps.add(new Explanation.Step("dns", "zone", "shop.example.", "it holds the name"));
    Explanation explanation = new Explanation(steps);
    steps.clear();
    assertThat(explanation.steps()).hasSize(1);
  }
}

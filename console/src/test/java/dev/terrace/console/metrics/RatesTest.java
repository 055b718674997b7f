package dev.terrace.console.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.List;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RatesTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Offset<Double> NEARLY = within(1e-9);

  private final Signals signals = new Signals();
  private final RateWindow window = new RateWindow();

  private Rates read(long nanos) {
    return window.add(Reading.of(nanos, signals.samples()));
  }

  @Test
  void thereIsNoRateBeforeTheSecondReading() {
    signals.counter(Metric.DNS_QUERIES, "NOERROR").add(1000);
    assertThat(read(0).perSecond(Metric.DNS_QUERIES)).isZero();
    assertThat(window.rates().total(Metric.DNS_QUERIES)).isEqualTo(1000);
  }

  @Test
  void aRateIsTheGrowthOverTheTimeThatPassed() {
    signals.counter(Metric.DNS_QUERIES, "NOERROR").add(1000);
    read(5 * SECOND);
    signals.counter(Metric.DNS_QUERIES, "NOERROR").add(30);
    signals.counter(Metric.DNS_QUERIES, "SERVFAIL").add(10);
    Rates rates = read(7 * SECOND);
    assertThat(rates.perSecond(Metric.DNS_QUERIES)).isEqualTo(20, NEARLY);
    assertThat(rates.perSecondOf(Metric.DNS_QUERIES, "SERVFAIL")).isEqualTo(5, NEARLY);
    assertThat(rates.perSecondBy(Metric.DNS_QUERIES, 0))
        .containsEntry("NOERROR", 15.0)
        .containsEntry("SERVFAIL", 5.0);
    assertThat(read(8 * SECOND).perSecond(Metric.DNS_QUERIES)).isZero();
  }

  @Test
  void firstLabelsSelectSeries() {
    read(0);
    signals.counter(Metric.SQL_STATEMENTS, "shop", "0", "primary").add(1);
    signals.counter(Metric.SQL_STATEMENTS, "shop", "0", "replica").add(2);
    signals.counter(Metric.SQL_STATEMENTS, "shop", "1", "replica").add(4);
    Rates rates = read(SECOND);
    assertThat(rates.perSecondOf(Metric.SQL_STATEMENTS, "shop", "0")).isEqualTo(3, NEARLY);
    assertThat(rates.perSecond(Metric.SQL_STATEMENTS, l -> l.get(2).equals("replica")))
        .isEqualTo(6, NEARLY);
    assertThat(rates.total(Metric.SQL_STATEMENTS, "shop")).isEqualTo(7);
  }

  @Test
  void quantilesAreReadInsideTheirBucket() {
    assertThat(read(0).quantileSeconds(Metric.SQL_SECONDS, 0.5)).isEmpty();
    for (int i = 0; i < 100; i++) {
      signals
          .histogram(Metric.SQL_SECONDS, "shop", "0", "a:1")
          .recordNanos(i < 90 ? 1_500_000 : 40_000_000);
    }
    Rates rates = read(SECOND);
    assertThat(rates.quantileSeconds(Metric.SQL_SECONDS, 0.45).getAsDouble())
        .isEqualTo(0.0015, NEARLY);
    assertThat(rates.quantileSeconds(Metric.SQL_SECONDS, 0.99).getAsDouble()).isBetween(0.02, 0.05);
    signals.histogram(Metric.SQL_SECONDS, "shop", "0", "a:1").recordNanos(60 * SECOND);
    assertThat(read(2 * SECOND).quantileSeconds(Metric.SQL_SECONDS, 1).getAsDouble())
        .as("beyond the last bound")
        .isEqualTo(10);
  }

  @Test
  void quantilesOfOneSeriesAreItsOwn() {
    read(0);
    signals.histogram(Metric.HTTP_SECONDS, "/quick").recordNanos(1_500_000);
    signals.histogram(Metric.HTTP_SECONDS, "/slow").recordNanos(1_500_000_000);
    Rates rates = read(SECOND);
    assertThat(rates.quantileSeconds(Metric.HTTP_SECONDS, 1, "/quick")).hasValue(0.002);
    assertThat(rates.quantileSeconds(Metric.HTTP_SECONDS, 1, "/slow")).hasValue(2);
    assertThat(rates.quantileSeconds(Metric.HTTP_SECONDS, 1)).hasValue(2);
    assertThat(rates.quantileSeconds(Metric.HTTP_SECONDS, 1, "/none")).isEmpty();
  }

  @Test
  void sharesAreOfTheWholeWindow() {
    read(0);
    signals.counter(Metric.KV_COMMANDS, "GET", "error").add(1);
    signals.counter(Metric.KV_COMMANDS, "GET", "ok").add(3);
    signals.counter(Metric.KV_COMMANDS, "SET", "ok").add(100);
    for (int i = 1; i <= 10; i++) {
      assertThat(errorsOfGet(read(i * SECOND))).as("%d", i).hasValue(0.25);
    }
    assertThat(errorsOfGet(read(11 * SECOND))).as("nothing came since").isEmpty();
  }

  private static OptionalDouble errorsOfGet(Rates rates) {
    return rates.share(
        Metric.KV_COMMANDS,
        l -> l.equals(List.of("GET", "error")),
        l -> l.getFirst().equals("GET"));
  }

  @Test
  void durationsAreForgottenAfterTheWindow() {
    read(0);
    signals.histogram(Metric.SQL_SECONDS, "shop", "0", "a:1").recordNanos(1_000_000);
    for (int i = 1; i <= 10; i++) {
      assertThat(read(i * SECOND).quantileSeconds(Metric.SQL_SECONDS, 0.5)).as("%d", i).isPresent();
    }
    assertThat(read(11 * SECOND).quantileSeconds(Metric.SQL_SECONDS, 0.5)).isEmpty();
  }
}

package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.signal.Metric;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads {@code /metrics} line by line, as a scraper does. */
class MetricsEndpointTest {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern META = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*})? (\\S+)");

  private RunningShop shop;

  @BeforeEach
  void start() throws Exception {
    shop = new RunningShop();
    new Traffic(shop, 3).step(500);
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private record Scrape(Map<String, String> types, Map<String, Double> samples) {}

  private static Scrape scrape(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    Map<String, String> types = new HashMap<>();
    Set<String> helped = new HashSet<>();
    Map<String, Double> samples = new LinkedHashMap<>();
    for (String line : answer.body().lines().toList()) {
      if (line.equals("# EOF")) {
        continue;
      }
      Matcher meta = META.matcher(line);
      if (meta.matches()) {
        boolean fresh =
            meta.group(1).equals("HELP")
                ? helped.add(meta.group(2))
                : types.put(meta.group(2), meta.group(3)) == null;
        assertThat(fresh).as("once only: %s", line).isTrue();
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as("well-formed: %s", line).isTrue();
      double value = Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"));
      String series = line.substring(0, line.lastIndexOf(' '));
      assertThat(samples.put(series, value)).as("no duplicate: %s", line).isNull();
    }
    assertThat(types.keySet()).isEqualTo(helped);
    return new Scrape(types, samples);
  }

  @Test
  void everySeriesIsThereOnceWithHelpAndType() {
    HttpResponse<String> answer = Http.get(shop.uri("/metrics"));
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    Scrape scrape = scrape(answer);
    assertThat(scrape.types())
        .containsEntry("terrace_http_requests_total", "counter")
        .containsEntry("terrace_pool_members", "gauge")
        .containsEntry("terrace_http_request_seconds", "histogram");
    assertThat(scrape.samples())
        .containsEntry("terrace_pool_members{pool=\"app\",state=\"up\"}", 3.0)
        .containsEntry("terrace_pool_members{pool=\"app\",state=\"down\"}", 0.0)
        .containsEntry("terrace_ready", 1.0)
        .containsEntry("terrace_build{version=\"0.1.0-test\"}", 1.0);
    assertThat(requests(scrape, "/*") + requests(scrape, "/products/*")).isEqualTo(500);
    assertThat(scrape.samples().keySet()).allMatch(series -> series.startsWith("terrace_"));
  }

  private static double requests(Scrape scrape, String route) {
    String series = "terrace_http_request_seconds_count{route=\"" + route + "\"}";
    return scrape.samples().getOrDefault(series, 0.0);
  }

  @Test
  void bucketsAreCumulativeAndEndAtTheCount() {
    Scrape scrape = scrape(Http.get(shop.uri("/metrics")));
    double last = 0;
    int buckets = 0;
    for (Map.Entry<String, Double> e : scrape.samples().entrySet()) {
      if (e.getKey().startsWith("terrace_http_request_seconds_bucket{route=\"/*\"")) {
        assertThat(e.getValue()).isGreaterThanOrEqualTo(last);
        last = e.getValue();
        buckets++;
      }
    }
    assertThat(buckets).isEqualTo(17);
    assertThat(last).isEqualTo(requests(scrape, "/*"));
  }

  @Test
  void statesAndLagFollowTheSystem() {
    shop.pools().get("app").setHealth("127.0.0.1:9002", MemberState.DOWN, "timed out");
    shop.progress.note(
        "127.0.0.1:5502",
        new Progress(1, Duration.ofMillis(1500), 4096, new LogMark(1, new Lsn(8192))));
    shop.missing.add("something");
    assertThat(scrape(Http.get(shop.uri("/metrics"))).samples())
        .containsEntry("terrace_member_up{member=\"127.0.0.1:9002\",pool=\"app\"}", 0.0)
        .containsEntry("terrace_pool_members{pool=\"app\",state=\"down\"}", 1.0)
        .containsEntry("terrace_ready", 0.0)
        .containsEntry(
            "terrace_sql_replica_lag_seconds{member=\"127.0.0.1:5502\",shard=\"0\",store=\"shop\"}",
            1.5);
  }

  @Test
  void whatATierCountsOfAMemberDoesNotDoubleWhatThePoolSays() {
    shop.signals.counter(Metric.MEMBER_REQUESTS, "app", "127.0.0.1:9001").increment();
    scrape(Http.get(shop.uri("/metrics")));
  }

  @Test
  void labelsAreEscaped() {
    String nasty = "a\"b\\c\nd";
    shop.signals.counter(Metric.HTTP_REJECTED, nasty).add(4);
    Scrape scrape = scrape(Http.get(shop.uri("/metrics")));
    assertThat(scrape.samples())
        .containsEntry("terrace_http_rejected_total{reason=\"a\\\"b\\\\c\\nd\"}", 4.0);
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    HttpResponse<String> answer =
        Http.get(
            shop.uri("/metrics"),
            "Accept",
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(answer.body()).endsWith("# EOF\n");
    Scrape scrape = scrape(answer);
    assertThat(scrape.types()).containsEntry("terrace_http_requests", "counter");
    assertThat(scrape.samples()).containsKey("terrace_dns_queries_total{rcode=\"NOERROR\"}");
  }
}

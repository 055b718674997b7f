package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MemberMetricsTest {

  private static final Set<Metric> OF_MEMBERS =
      Set.of(Metric.HTTP_MEMBER_TRIES, Metric.HTTP_MEMBER_SECONDS, Metric.HTTP_MEMBER_FIRST_BYTE);

  private static Set<String> members(Proxy proxy) {
    return proxy.signals.samples().stream()
        .map(Sample::series)
        .filter(series -> OF_MEMBERS.contains(series.metric()))
        .map(series -> series.labelValues().get(1))
        .collect(Collectors.toSet());
  }

  private static long recorded(Proxy proxy, Metric metric, Backend backend) {
    return proxy.signals.histogram(metric, "app", backend.address()).counts().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  @Test
  void whatAMemberDidIsCounted() throws IOException {
    try (Backend backend =
            Backend.answering(request ->
                request.target().equals("/bad")
                    ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                    : Backend.ok("fine"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.get("/good");
      client.get("/good");
      client.get("/bad");
      String member = backend.address();
      assertThat(proxy.counter(Metric.HTTP_MEMBER_TRIES, "app", member, "2xx")).isEqualTo(2);
      assertThat(proxy.counter(Metric.HTTP_MEMBER_TRIES, "app", member, "5xx")).isEqualTo(1);
      assertThat(recorded(proxy, Metric.HTTP_MEMBER_SECONDS, backend)).isEqualTo(3);
      assertThat(recorded(proxy, Metric.HTTP_MEMBER_FIRST_BYTE, backend)).isEqualTo(3);
      assertThat(proxy.counter(Metric.HTTP_PROTOCOLS, "1.1", "false")).isEqualTo(3);
    }
  }

  @Test
  void aFailureIsCountedByItsName() throws IOException {
    try (Backend backend = Backend.saying("fine");
        Proxy proxy =
            Proxy.of(
                Proxy.file("", "", backend).replace("members: [", "members: ['127.0.0.1:1', "))) {
      proxy.get("/1");
      proxy.get("/2");
      assertThat(proxy.counter(Metric.HTTP_MEMBER_TRIES, "app", "127.0.0.1:1", "UNREACHABLE"))
          .isEqualTo(1);
    }
  }

  @Test
  void aMemberThatGoesTakesItsSeriesAlong() throws IOException {
    try (Backend one = Backend.saying("fine");
        Backend other = Backend.saying("fine");
        Proxy proxy = Proxy.of(Proxy.file("", "", one, other))) {
      proxy.get("/1");
      proxy.get("/2");
      assertThat(members(proxy)).isEqualTo(Set.of(one.address(), other.address()));
      proxy.configure(Proxy.file("", "", other));
      assertThat(members(proxy)).isEqualTo(Set.of(other.address()));
      proxy.pools.get("app").configure(List.of(), proxy.pools.get("app").policy());
      proxy.front.membersChanged(proxy.pools.get("app"));
      assertThat(members(proxy)).isEmpty();
    }
  }
}

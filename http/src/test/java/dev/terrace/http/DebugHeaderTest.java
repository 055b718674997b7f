package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class DebugHeaderTest {

  private static String asking(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nx-why: 1\r\n\r\n";
  }

  @Test
  void aRequestThatAsksIsToldHowItWasServed() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.of(Proxy.file("debug-header: X-Why, ", "", backend));
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message told = client.send(asking("/")).read();
      assertThat(told.text()).isEqualTo("hello");
      assertThat(told.header("x-terrace-why"))
          .isEqualTo(
              "route=/*; pool=app; policy=round-robin; member="
                  + backend.address()
                  + "; attempts=1");
      assertThat(told.header("server-timing"))
          .matches("connect;dur=[0-9.]+, wait;dur=[0-9.]+, total;dur=[0-9.]+");
      assertThat(client.get("/").headers()).doesNotContainKeys("x-terrace-why", "server-timing");
    }
  }

  @Test
  void failuresAndOurOwnAnswersAreTold() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy =
            Proxy.of(
                Proxy.file("debug-header: X-Why, ", "", backend)
                    .replace("members: [", "members: ['127.0.0.1:1', "));
        HttpConnection client = proxy.connect()) {
      String all =
          client.send(asking("/")).read().header("x-terrace-why")
              + client.send(asking("/")).read().header("x-terrace-why");
      assertThat(all).contains("attempts=2 (UNREACHABLE 127.0.0.1:1)");
      proxy.configure(
          Proxy.file("debug-header: X-Why, ", "", backend).replace("path: /*", "path: /only"));
      HttpConnection.Message none = client.send(asking("/")).read();
      assertThat(none.status()).isEqualTo(404);
      assertThat(none.header("x-terrace-why")).isEqualTo("route=none; attempts=0; reason=NO_ROUTE");
    }
  }

  @Test
  void withoutTheKeyNobodyIsTold() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      assertThat(client.send(asking("/")).read().headers()).doesNotContainKey("x-terrace-why");
    }
  }

  @Test
  void whatTheFileNamesCannotBreakTheHeader() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy =
            Proxy.of(
                Proxy.file("debug-header: X-Why, ", "", backend)
                    .replace("path: /*", "path: '/*', header: {X-Why: \"1\"}, host: h"));
        HttpConnection client = proxy.connect()) {
      String why = client.send(asking("/")).read().header("x-terrace-why");
      assertThat(why).startsWith("route=").matches("[ -~]*").contains("; pool=app; ");
    }
  }
}

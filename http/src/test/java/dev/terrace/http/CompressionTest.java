package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class CompressionTest {

  private static final String TEXT = "Terrace answers in other bytes. ".repeat(200);

  private static Proxy compressing(String more, Backend backend) throws IOException {
    return Proxy.of(Proxy.file("compression: {" + more + "}, ", "", backend));
  }

  private static Backend member(String lines, String body) throws IOException {
    return Backend.answering(request ->
        "HTTP/1.1 200 OK\r\n"
            + lines
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + (request.method().equals("HEAD") ? "" : body));
  }

  private static String get(String accept) {
    return "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " + accept + "\r\n\r\n";
  }

  private static String decoded(HttpConnection.Message answer) throws IOException {
    InputStream body = new ByteArrayInputStream(answer.body());
    try (InputStream in =
        switch (answer.header("content-encoding")) {
          case "gzip" -> new GZIPInputStream(body);
          case "br" -> new BrotliInputStream(body);
          case "zstd" -> new ZstdInputStream(body);
          default -> body;
        }) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd"})
  void anAnswerIsCompressedAsTheClientLikes(String coding) throws IOException {
    String etag =
        "Content-Type: text/html; charset=utf-8\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\n";
    try (Backend backend = member(etag, TEXT);
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 3; i++) {
        HttpConnection.Message answer = client.send(get(coding)).read();
        assertThat(answer.header("content-encoding")).isEqualTo(coding);
        assertThat(answer.header("vary")).isEqualTo("Accept-Encoding");
        assertThat(answer.header("etag")).isEqualTo("W/\"a\"");
        assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(answer.headers()).doesNotContainKeys("content-length", "accept-ranges");
        assertThat(answer.body().length).isLessThan(TEXT.length() / 10);
        assertThat(decoded(answer)).isEqualTo(TEXT);
      }
      assertThat(proxy.counter(Metric.HTTP_COMPRESSION_BYTES, coding, "in"))
          .isEqualTo(3L * TEXT.length());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip, br, zstd|zstd",
        "gzip, br|br",
        "x-gzip|gzip",
        "GZIP;q=1, br;q=0.9|gzip",
        "*|zstd",
        "*, zstd;q=0|br",
        "zstd;q=0, br;q=0, gzip;q=0.001|gzip",
        "identity, gzip;q=0.5|''",
        "identity;q=0.5, gzip|gzip",
        "gzip;q=0|''",
        "gzip;q=2|''",
        "deflate|''",
        "''|''",
      })
  void theClientsWeightsDecide(String accept, String expected) throws IOException {
    try (Backend backend = member("Content-Type: text/plain\r\n", TEXT);
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message answer = client.send(get(accept)).read();
      assertThat(answer.header("content-encoding")).isEqualTo(expected);
      assertThat(answer.header("vary")).isEqualTo("Accept-Encoding");
      assertThat(decoded(answer)).isEqualTo(TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: image/png\r\n",
        "",
        "Content-Type: text/css\r\nContent-Encoding: x\r\n",
        "Content-Type: text/css\r\nCache-Control: max-age=1, No-Transform\r\n",
        "Content-Type: text/css\r\nContent-Digest: sha-256=:x:\r\n",
      })
  void whatMustStayAsItIsDoes(String lines) throws IOException {
    try (Backend backend = member(lines, TEXT);
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message answer = client.send(get("gzip")).read();
      assertThat(answer.text()).isEqualTo(TEXT);
      assertThat(answer.header("content-length")).isEqualTo(String.valueOf(TEXT.length()));
      assertThat(answer.headers()).doesNotContainKey("vary");
    }
  }

  @Test
  void smallAnswersHeadAndOldClientsGetItPlain() throws IOException {
    try (Backend backend = member("Content-Type: text/css\r\n", "small");
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      assertThat(client.send(get("gzip")).read().text()).isEqualTo("small");
      proxy.configure(Proxy.file("compression: {min-size: 1}, ", "", backend));
      assertThat(decoded(client.send(get("gzip")).read())).isEqualTo("small");
      client.send("HEAD / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
      assertThat(client.head().header("content-length")).isEqualTo("5");
      client.send("GET / HTTP/1.0\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("small");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd"})
  void aStreamOfEventsDoesNotStall(String coding) throws IOException {
    CountDownLatch seen = new CountDownLatch(1);
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
              awaitQuietly(seen);
              connection.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
            });
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      client.send(get(coding));
      assertThat(client.head().header("content-encoding")).isEqualTo(coding);
      InputStream chunks = new Chunked(client);
      try (InputStream in =
          switch (coding) {
            case "gzip" -> new GZIPInputStream(chunks);
            case "br" -> new UnbufferedBrotli(chunks);
            default -> new ZstdInputStream(chunks);
          }) {
        byte[] first = in.readNBytes(9);
        assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("data: 1\n\n");
        seen.countDown();
        assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
            .isEqualTo("data: 2\n\n");
      }
    }
  }

  /** The data of a chunked body as it arrives. */
  private static final class Chunked extends InputStream {
    private final HttpConnection from;
    private int left;
    private boolean begun;

    Chunked(HttpConnection from) {
      this.from = from;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        if (begun) {
          from.line();
        }
        begun = true;
        left = Integer.parseInt(from.line(), 16);
        if (left == 0) {
          return -1;
        }
      }
      left--;
      return from.in.read();
    }

    @Override
    public int read(byte[] into, int at, int count) throws IOException {
      int b = count == 0 ? 0 : read();
      if (b < 0 || count == 0) {
        return b;
      }
      into[at] = (byte) b;
      return 1;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd"})
  void whatCannotBeMadeSmallerPassesThroughWhole(String coding) throws IOException {
    byte[] noise = new byte[1 << 20];
    Seeded.of(5).nextBytes(noise);
    String body = new String(noise, StandardCharsets.ISO_8859_1);
    try (Backend backend = member("Content-Type: text/plain\r\n", body);
        Proxy proxy = compressing("", backend);
        HttpConnection client = proxy.connect()) {
      assertThat(decoded(client.send(get(coding)).read()).equals(body)).isTrue();
    }
  }

  @Test
  void anEndInTheMiddleGivesThePlaceBack() throws IOException {
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 9999\r\n\r\n");
              connection.send(TEXT);
            });
        Proxy proxy = compressing("max-concurrent: 1", backend)) {
      for (int i = 0; i < 3; i++) {
        try (HttpConnection client = proxy.connect()) {
          client.send(get("gzip"));
          assertThat(client.head().header("content-encoding")).isEqualTo("gzip");
          client.in.readAllBytes();
        }
      }
      proxy.awaitBalanced();
      assertThat(proxy.counter(Metric.HTTP_COMPRESSION_BUSY)).isZero();
    }
  }

  @Test
  void moreThanMayBeAtOnceStayAsTheyAre() throws IOException {
    CountDownLatch held = new CountDownLatch(1);
    try (Backend backend =
            Backend.start(connection -> {
              String path = connection.read().target();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: "
                      + TEXT.length()
                      + "\r\n\r\n");
              if (path.equals("/held")) {
                awaitQuietly(held);
              }
              connection.send(TEXT);
            });
        Proxy proxy = compressing("max-concurrent: 1", backend);
        HttpConnection first = proxy.connect();
        HttpConnection second = proxy.connect()) {
      first.send(get("gzip").replace("GET / ", "GET /held "));
      assertThat(first.head().header("content-encoding")).isEqualTo("gzip");
      HttpConnection.Message plain = second.send(get("gzip")).read();
      assertThat(plain.text()).isEqualTo(TEXT);
      assertThat(plain.header("vary")).isEqualTo("Accept-Encoding");
      Await.until("it is counted", () -> proxy.counter(Metric.HTTP_COMPRESSION_BUSY) == 1);
      held.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

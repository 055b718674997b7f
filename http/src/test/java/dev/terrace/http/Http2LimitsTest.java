package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The limits of HTTP/2 connections that the file may set. */
class Http2LimitsTest {

  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int FRAMES = 10;

  /** A kind of frame that makes work, its key, and its name in metrics. */
  enum Flood {
    RST_STREAM("rst-stream", "RST_STREAM"),
    SETTINGS("settings", "SETTINGS"),
    PING("ping", "PING"),
    PRIORITY("priority", "PRIORITY"),
    EMPTY_DATA("empty-data", "empty DATA"),
    WINDOW_UPDATE("window-update", "WINDOW_UPDATE"),
    OTHER("other", "other");

    private final String key;
    private final String kind;

    Flood(String key, String kind) {
      this.key = key;
      this.kind = kind;
    }

    /** Some of them, as they go over the wire. */
    private byte[] frames(H2Client client) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (this == EMPTY_DATA) {
        byte[] block = client.block(1, H2Client.request("POST", "/"));
        out.writeBytes(H2Client.bytes(H2Client.HEADERS, H2Client.END_HEADERS, 1, block));
      }
      for (int i = 0; i < FRAMES; i++) {
        out.writeBytes(
            switch (this) {
              case RST_STREAM -> reset(client, 2 * i + 1);
              case SETTINGS -> H2Client.bytes(H2Client.SETTINGS, 0, 0, new byte[0]);
              case PING -> H2Client.bytes(H2Client.PING, 0, 0, new byte[8]);
              case PRIORITY -> H2Client.bytes(H2Client.PRIORITY, 0, 1, new byte[5]);
              case EMPTY_DATA -> H2Client.bytes(H2Client.DATA, 0, 1, new byte[0]);
              case WINDOW_UPDATE -> H2Client.bytes(H2Client.WINDOW_UPDATE, 0, 0, H2Client.int32(1));
              case OTHER -> H2Client.bytes(0x42, 0, 0, new byte[1]);
            });
      }
      return out.toByteArray();
    }

    private static byte[] reset(H2Client client, int stream) {
      int flags = H2Client.END_HEADERS | H2Client.END_STREAM;
      byte[] block = client.block(stream, H2Client.request("GET", "/"));
      ByteBuf both =
          Unpooled.wrappedBuffer(
              H2Client.bytes(H2Client.HEADERS, flags, stream, block),
              H2Client.bytes(H2Client.RST_STREAM, 0, stream, H2Client.int32(8)));
      return ByteBufUtil.getBytes(both);
    }
  }

  private static Proxy proxy(String http2, Backend member) throws IOException {
    return Proxy.of(Proxy.file("http2: {" + http2 + "}, ", "", member));
  }

  @ParameterizedTest
  @EnumSource
  void framesOfEachKindAreLimitedByTheirKey(Flood flood) throws Exception {
    try (Backend member = Backend.saying("x");
        Proxy strict = proxy("frames-per-second: {" + flood.key + ": 5}", member);
        Proxy usual = Proxy.to(member);
        H2Client ended = H2Client.to(strict.port());
        H2Client served = H2Client.to(usual.port())) {
      ended.raw(flood.frames(ended));
      assertThat(ended.goAwayError()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(strict.counter(Metric.HTTP_FLOODS, flood.kind)).isEqualTo(1);
      served.raw(flood.frames(served));
      served.get(101, "/");
      assertThat(served.answer(101).text()).isEqualTo("x");
      assertThat(usual.counter(Metric.HTTP_FLOODS, flood.kind)).isZero();
    }
  }

  /** Sends a request's head in that many pieces. */
  private static void inPieces(H2Client client, int pieces) throws IOException {
    byte[] block = client.block(1, H2Client.request("GET", "/", "a", "b".repeat(100)));
    for (int i = 0; i < pieces; i++) {
      int type = i == 0 ? H2Client.HEADERS : H2Client.CONTINUATION;
      int flags = (i == 0 ? H2Client.END_STREAM : 0) | (i + 1 == pieces ? H2Client.END_HEADERS : 0);
      int from = block.length * i / pieces;
      int to = block.length * (i + 1) / pieces;
      client.frame(type, flags, 1, Arrays.copyOfRange(block, from, to));
    }
  }

  @Test
  void aHeadMayComeInSoManyPieces() throws Exception {
    try (Backend member = Backend.saying("x");
        Proxy proxy = proxy("max-continuations: 3", member);
        H2Client served = H2Client.to(proxy.port());
        H2Client ended = H2Client.to(proxy.port())) {
      inPieces(served, 4);
      assertThat(served.answer(1).text()).isEqualTo("x");
      inPieces(ended, 6);
      assertThat(ended.goAwayError()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "CONTINUATION")).isEqualTo(1);
    }
  }

  @Test
  void whoAsksAndDoesNotReadIsCutOff() throws Exception {
    // HPACK leaves these as they are.
    String large = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + "~".repeat(30_000) + "\r\n\r\n";
    try (Backend member = Backend.answering(request -> large);
        Proxy proxy = proxy("max-unread: 64KB", member);
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
      try (H2Client client = H2Client.over(socket)) {
        // Less than 4 MB in all, and more than the kernel keeps for a client that reads so little.
        for (int i = 0; i < 128; i++) {
          client.get(2 * i + 1, "/");
        }
        Await.until(
            "it is cut off",
            () -> {
              ping(client); // what waits is looked at when something comes
              return proxy.counter(Metric.HTTP_FLOODS, "unread answers") == 1;
            });
      }
      proxy.awaitBalanced();
    }
  }

  private static void ping(H2Client client) {
    try {
      client.frame(H2Client.PING, 0, 0, new byte[8]);
    } catch (IOException e) {
      // the connection is over
    }
  }

  @Test
  void theWindowsAreThoseOfTheFile() throws Exception {
    try (Backend member = Backend.saying("x");
        Proxy usual = Proxy.to(member);
        Proxy small =
            Proxy.of(Proxy.file("stream-window: 16KB, connection-window: 192KB, ", "", member));
        H2Client many = H2Client.to(usual.port());
        H2Client few = H2Client.to(small.port())) {
      assertThat(many.setting(4)).isEqualTo(256 * 1024);
      assertThat(many.next(H2Client.WINDOW_UPDATE).int32(0)).isEqualTo(1024 * 1024 - 65_535);
      assertThat(few.setting(4)).isEqualTo(16 * 1024);
      assertThat(few.next(H2Client.WINDOW_UPDATE).int32(0)).isEqualTo(192 * 1024 - 65_535);
      few.headers(1, H2Client.request("POST", "/"), false);
      for (int sent = 0; sent < 10; sent++) {
        few.data(1, "y".repeat(10_000), sent == 9);
        while (sent < 9 && few.next(H2Client.WINDOW_UPDATE).stream() == 0) {
          // the connection's window
        }
      }
      assertThat(few.answer(1).text()).as("a small window is opened again").isEqualTo("x");
    }
  }
}

package dev.terrace.dns;

import static dev.terrace.dns.TestServer.addresses;
import static dev.terrace.dns.TestServer.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

/** TCP: framing, pipelining, and clients that are slow, half-closed, greedy or silent. */
class TcpTest {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private void start() throws IOException {
    String[] many = IntStream.range(1, 65).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
    server.zone("shop.example", "www", fixed("192.0.2.10"), "many", fixed(many)).start();
  }

  private static byte[] framed(byte[] message) {
    byte[] length = {(byte) (message.length >>> 8), (byte) message.length};
    return EdnsTest.concat(length, message);
  }

  private static byte[] query(int id, String name) throws IOException {
    Message query = TestServer.query(name, "A");
    query.getHeader().setID(id);
    return query.toWire();
  }

  @Test
  void manyPipelinedQueriesAreAllAnsweredInOrder() throws Exception {
    start();
    try (Socket socket = server.connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < 5_000; i++) {
        all.writeBytes(framed(query(i, "www.shop.example")));
      }
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  socket.getOutputStream().write(all.toByteArray());
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      DataInputStream in =
          new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
      for (int i = 0; i < 5_000; i++) {
        byte[] reply = new byte[in.readUnsignedShort()];
        in.readFully(reply);
        assertThat(((reply[0] & 0xFF) << 8) | (reply[1] & 0xFF)).isEqualTo(i);
      }
      writer.join();
    }
  }

  @Test
  void aClientThatNeverReadsIsStoppedAndThenClosed() throws Exception {
    server.tcpIdle = Duration.ofMillis(700);
    start();
    byte[] query = framed(query(1, "many.shop.example"));
    try (Socket socket = server.connect()) {
      socket.setReceiveBufferSize(4096);
      // The replies are 30 times as long as the queries; soon nothing more may be accepted, and
      // when no query gets through any more the connection is closed.
      java.util.concurrent.atomic.AtomicLong written = new java.util.concurrent.atomic.AtomicLong();
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (written.get() < 1_000_000_000) {
                    socket.getOutputStream().write(query);
                    written.addAndGet(query.length);
                  }
                } catch (IOException closed) {
                  // As it should be.
                }
              });
      writer.join(Duration.ofSeconds(20));
      assertThat(writer.isAlive()).isFalse();
      assertThat(written.get()).isLessThan(64 << 20);
    }
    assertThat(server.addresses("www.shop.example")).hasSize(1);
  }

  @Test
  void aSlowReaderGetsEverythingInTheEnd() throws Exception {
    start();
    byte[] query = framed(query(1, "many.shop.example"));
    int count = 1000;
    try (Socket socket = server.connect()) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < count; i++) {
                    socket.getOutputStream().write(query);
                  }
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int replies = 0;
      int length;
      while ((length = in.read()) >= 0) {
        length = (length << 8) | in.read();
        in.skipNBytes(length);
        replies++;
      }
      assertThat(replies).isEqualTo(count);
      writer.join();
    }
  }

  @Test
  void aHalfClosedClientGetsItsReplies() throws IOException {
    start();
    try (Socket socket = server.connect()) {
      socket.getOutputStream().write(framed(query(7, "www.shop.example")));
      socket.getOutputStream().write(framed(query(8, "www.shop.example")));
      socket.shutdownOutput();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(TestServer.readFramed(in).getHeader().getID()).isEqualTo(7);
      assertThat(TestServer.readFramed(in).getHeader().getID()).isEqualTo(8);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aQueryInCrumbsIsAnswered() throws IOException {
    start();
    try (Socket socket = server.connect()) {
      socket.setTcpNoDelay(true);
      byte[] two =
          EdnsTest.concat(
              framed(query(1, "www.shop.example")), framed(query(2, "www.shop.example")));
      for (byte b : two) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(TestServer.readFramed(in).getHeader().getID()).isEqualTo(1);
      assertThat(TestServer.readFramed(in).getHeader().getID()).isEqualTo(2);
    }
  }

  @Test
  void aSilentClientIsClosedAfterTheIdleTimeout() throws IOException {
    server.tcpIdle = Duration.ofMillis(300);
    start();
    try (Socket socket = server.connect()) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(server.counted(Metric.PROTOCOL_ERRORS, "dns")).isZero();
  }

  /** Waits for the end; a crumb that meets a closed connection makes a reset of it. */
  private static boolean ends(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void crumbsWithoutEndDoNotKeepAConnection() throws Exception {
    server.tcpIdle = Duration.ofMillis(400);
    start();
    try (Socket socket = server.connect()) {
      byte[] query = framed(query(1, "www.shop.example"));
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < query.length - 1 && !socket.isClosed(); i++) {
                    socket.getOutputStream().write(query[i]);
                    java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
                  }
                } catch (IOException closed) {
                  // As it should be.
                }
              });
      assertThat(ends(socket)).isTrue();
      writer.interrupt();
    }
    assertThat(server.counted(Metric.PROTOCOL_ERRORS, "dns")).isEqualTo(1);
  }

  @Test
  void whatIsNoMessageEndsTheConnection() throws IOException {
    start();
    List<byte[]> bad =
        List.of(new byte[] {0, 0}, new byte[] {0, 3, 1, 2, 3}, new byte[] {0x7F, 1, 0});
    for (byte[] bytes : bad) {
      try (Socket socket = server.connect()) {
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
    assertThat(server.counted(Metric.PROTOCOL_ERRORS, "dns")).isEqualTo(bad.size());
    assertThat(server.addresses("www.shop.example")).hasSize(1);
  }

  @Test
  void aReplyIsNotAnsweredAndTheConnectionGoesOn() throws IOException {
    start();
    try (Socket socket = server.connect()) {
      byte[] reply = query(1, "www.shop.example");
      reply[2] |= (byte) 0x80;
      socket.getOutputStream().write(framed(reply));
      socket.getOutputStream().write(framed(query(2, "www.shop.example")));
      assertThat(
              TestServer.readFramed(new DataInputStream(socket.getInputStream()))
                  .getHeader()
                  .getID())
          .isEqualTo(2);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAndPlaceIsMadeWhenOthersGo() throws IOException {
    server.maxConnections = 5;
    start();
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        Socket socket = server.connect();
        open.add(socket);
        TestServer.writeFramed(socket, query(i, "www.shop.example"));
        TestServer.readFramed(new DataInputStream(socket.getInputStream()));
      }
      for (int i = 0; i < 50; i++) {
        try (Socket socket = server.connect()) {
          assertThat(readOrReset(socket)).isEqualTo(-1);
        }
      }
      assertThat(server.counted(Metric.CONNECTIONS_REFUSED, "dns")).isEqualTo(50);
      open.removeFirst().close();
      TestServer.await(() -> {
        try (Socket socket = server.connect()) {
          TestServer.writeFramed(socket, query(9, "www.shop.example"));
          return addresses(TestServer.readFramed(new DataInputStream(socket.getInputStream())))
              .contains("192.0.2.10");
        } catch (IOException notYet) {
          return false;
        }
      });
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static int readOrReset(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }
}

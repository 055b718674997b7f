package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bodies larger than the memory they may take, with a side that is slow to read. */
class StreamingTest {

  private static final long SIZE = 100L << 20;
  private static final int BLOCK = 64 * 1024;

  /** What one stretch of the stream holds: each byte tells its place. */
  private static byte pattern(long position) {
    return (byte) (position * 31 + (position >>> 16));
  }

  private static void write(OutputStream out, AtomicLong written) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long at = 0; at < SIZE; at += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        block[i] = pattern(at + i);
      }
      out.write(block);
      written.addAndGet(BLOCK);
    }
  }

  private static void readAll(InputStream in) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long at = 0; at < SIZE; ) {
      int count = in.read(block, 0, (int) Math.min(BLOCK, SIZE - at));
      if (count < 0) {
        throw new IOException("ends at " + at);
      }
      for (int i = 0; i < count; i++) {
        if (block[i] != pattern(at + i)) {
          throw new IOException("wrong byte at " + (at + i));
        }
      }
      at += count;
    }
  }

  private static long direct() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  /** Waits until the writer is stuck because nobody reads, and nothing moves any more. */
  private static void awaitStuck(AtomicLong written) {
    long[] last = {-1, System.nanoTime()};
    Await.until(
        "the writer is held back",
        () -> {
          long now = written.get();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return now > 0 && System.nanoTime() - last[1] > 300_000_000;
        });
    assertThat(written.get()).isLessThan(SIZE / 4);
  }

  @Test
  void aDownloadWaitsForASlowClient() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
              write(connection.out, written);
              connection.in.read();
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      long before = direct();
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      client.head();
      awaitStuck(written);
      assertThat(direct() - before).isLessThan(16 << 20);
      readAll(client.in);
      assertThat(client.get("/").header("content-length")).isEqualTo(String.valueOf(SIZE));
    }
  }

  @Test
  void anUploadWaitsForASlowMember() throws Exception {
    AtomicLong written = new AtomicLong();
    AtomicBoolean read = new AtomicBoolean();
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              Await.until("the test lets the member read", read::get);
              readAll(connection.in);
              connection.send(Backend.ok("all"));
              connection.in.read();
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      long before = direct();
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + SIZE + "\r\n\r\n");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  write(client.out, written);
                } catch (IOException e) {
                  written.set(Long.MIN_VALUE);
                }
              });
      awaitStuck(written);
      assertThat(direct() - before).isLessThan(16 << 20);
      read.set(true);
      assertThat(client.read().text()).isEqualTo("all");
      writer.join();
      proxy.awaitBalanced();
    }
  }

  @Test
  void anAnswerThatComesBeforeTheBodyIsCompleteGetsThrough() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
              connection.in.read();
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nsome");
      HttpConnection.Message answer = client.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.text()).isEqualTo("no");
      assertThat(client.closes()).isTrue();
      proxy.awaitBalanced();
    }
  }

  @Test
  void bothWaysAtOnce() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              connection.in.transferTo(connection.out);
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.head();
      for (int i = 0; i < 100; i++) {
        client.send("5\r\nround\r\n");
        assertThat(client.line()).isEqualTo("5");
        assertThat(client.line()).isEqualTo("round");
      }
      client.send("0\r\n\r\n");
      assertThat(client.line()).isEqualTo("0");
      assertThat(client.line()).isEmpty();
      proxy.awaitBalanced();
    }
  }
}

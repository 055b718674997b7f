package dev.terrace.bench.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A client over kept connections that checks every answer. A connection that the proxy ends without
 * having said so is a failure.
 */
final class Visitor implements Runnable {

  private static final int TIMEOUT_MS = 20_000;
  private static final int REQUESTS_PER_CONNECTION = 500;

  private final int number;
  private final Supplier<Socket> connect;
  private final Journal journal;
  private final AtomicBoolean stop;
  private final long pauseMs;
  private final RandomGenerator random;

  /**
   * A client.
   *
   * @param connect opens a connection, in clear text or secure
   * @param pauseMs between two requests
   */
  Visitor(int number, Supplier<Socket> connect, Journal journal, AtomicBoolean stop, long pauseMs) {
    this.number = number;
    this.connect = connect;
    this.journal = journal;
    this.stop = stop;
    this.pauseMs = pauseMs;
    this.random = RandomGenerator.of("L64X128MixRandom");
  }

  @Override
  public void run() {
    long asked = 0;
    while (!stop.get()) {
      Question question = Question.random(random, number * 1_000_000L + asked);
      try (Socket socket = connect.get()) {
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        for (int i = 0; i < REQUESTS_PER_CONNECTION && !stop.get(); i++) {
          question = Question.random(random, number * 1_000_000L + asked++);
          if (!ask(question, socket, in)) {
            break;
          }
          TimeUnit.MILLISECONDS.sleep(pauseMs);
        }
      } catch (IOException | UncheckedIOException e) {
        journal.failed("visitor " + number + ", " + question + ": " + e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Asks one thing; false if the answer says that it is the connection's last. */
  private boolean ask(Question question, Socket socket, InputStream in) throws IOException {
    String head =
        question.method()
            + " "
            + question.path()
            + " HTTP/1.1\r\nHost: soak.example\r\nContent-Length: "
            + question.body().length()
            + "\r\n\r\n";
    socket.getOutputStream().write(Wire.bytes(head + question.body()));
    String start = Wire.line(in);
    if (start.isEmpty()) {
      throw new IOException("the connection ended without an answer");
    }
    Map<String, String> headers = Wire.headers(in);
    byte[] body = question.method().equals("HEAD") ? new byte[0] : Wire.body(in, headers);
    if (start.startsWith("HTTP/1.1 200") && Arrays.equals(body, question.answer())) {
      journal.answered();
    } else {
      String text = Wire.text(Arrays.copyOf(body, Math.min(body.length, 80)));
      journal.failed(
          "visitor " + number + ", " + question + ": " + start + " " + headers + " " + text);
    }
    return !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
  }
}

package dev.terrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** How a {@link TestBackend} answers a request, well or badly. */
@FunctionalInterface
public interface Behaviour {

  /** Answers. The connection is then kept if it is still open and the request allows it. */
  void answer(BackendRequest request, BackendReply reply) throws IOException;

  /** 200 with this text. */
  static Behaviour ok(String body) {
    return status("200 OK", body);
  }

  /** A status, as in {@code 503 Service Unavailable}, with this text. */
  static Behaviour status(String status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return (request, reply) -> {
      byte[] drained = request.body();
      boolean bodiless = request.method().equals("HEAD");
      if (bodiless) {
        reply.send("HTTP/1.1 " + status + "\r\ncontent-length: " + bytes.length + "\r\n\r\n");
      } else {
        reply.respond(status, "x-request-bytes: " + drained.length + "\r\n", bytes);
      }
    };
  }

  /** 200 with the request's head and body, as they came but without the marks of chunks. */
  static Behaviour echo() {
    return (request, reply) ->
        reply.respond(
            "200 OK",
            "content-type: text/plain\r\n",
            (request.head() + request.bodyText()).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** 200 in chunks, one per text. */
  static Behaviour chunked(String... chunks) {
    return (request, reply) -> {
      request.body();
      reply.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      for (String chunk : chunks) {
        reply.chunk(chunk);
      }
      reply.chunk("");
    };
  }

  /** 200 with a body that only the end of the connection ends. */
  static Behaviour untilClose(String body) {
    return (request, reply) -> {
      request.body();
      reply.send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + body).close();
    };
  }

  /** Waits before its first byte, then answers as another. */
  static Behaviour slowStart(Duration time, Behaviour then) {
    return (request, reply) -> {
      request.body();
      reply.pause(time);
      then.answer(request, reply);
    };
  }

  /** 200 whose body comes byte by byte with pauses between. */
  static Behaviour slowBody(String body, Duration between) {
    return (request, reply) -> {
      request.body();
      reply.send("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n");
      for (int i = 0; i < body.length(); i++) {
        reply.pause(between).send(body.substring(i, i + 1));
      }
    };
  }

  /** Announces more bytes than it sends, then closes. */
  static Behaviour closeMidBody(String sent, int announced) {
    return (request, reply) -> {
      request.body();
      reply.send("HTTP/1.1 200 OK\r\ncontent-length: " + announced + "\r\n\r\n" + sent).close();
    };
  }

  /** Sends these bytes, which need not be HTTP, then closes. */
  static Behaviour garbage(byte[] bytes) {
    return (request, reply) -> {
      request.body();
      reply.send(bytes).close();
    };
  }

  /** Reads the request and never answers. */
  static Behaviour hang() {
    return (request, reply) -> {
      request.body();
      reply.pause(Duration.ofHours(1));
    };
  }

  /** Closes without an answer, as a keep-alive connection that ended while idle does. */
  static Behaviour closeAtOnce() {
    return (request, reply) -> reply.close();
  }

  /** Resets the connection without an answer. */
  static Behaviour reset() {
    return (request, reply) -> reply.reset();
  }

  /** Answers as another, then closes the connection although the answer does not say so. */
  static Behaviour thenClose(Behaviour first) {
    return (request, reply) -> {
      first.answer(request, reply);
      reply.close();
    };
  }

  /** Switches protocols, then sends back what it receives until the client closes. */
  static Behaviour upgrade(String protocol) {
    return (request, reply) -> {
      InputStream in = request.rawInput();
      reply.send(
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: "
              + protocol
              + "\r\n\r\n");
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        reply.send(Arrays.copyOf(buffer, read));
      }
      reply.close();
    };
  }
}

package dev.terrace.shop;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** As much of a Redis server as the shop uses: hashes, in RESP2. */
final class RedisStub implements AutoCloseable {

  private final Map<String, Map<String, String>> hashes = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final int port;
  private @Nullable ServerSocket listener;

  RedisStub() throws IOException {
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    accept(listener);
  }

  int port() {
    return port;
  }

  void put(String key, Map<String, String> hash) {
    hashes.computeIfAbsent(key, k -> new ConcurrentHashMap<>()).putAll(hash);
  }

  void restart() throws IOException {
    listener = listen(port);
    accept(listener);
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  void stop() throws IOException {
    if (listener != null) {
      listener.close();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  private void accept(ServerSocket mine) {
    // No virtual thread: a port that one of those waits on is still open when close() returns.
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!mine.isClosed()) {
            try {
              Socket socket = mine.accept();
              open.add(socket);
              Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
              return; // closed
            }
          }
        });
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        List<String> command = new ArrayList<>();
        for (int left = number(in, '*'); left > 0; left--) {
          command.add(new String(in.readNBytes(number(in, '$')), StandardCharsets.UTF_8));
          in.skipNBytes(2);
        }
        socket.getOutputStream().write(answer(command).getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      open.remove(socket);
    }
  }

  private static int number(InputStream in, char kind) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      line.append((char) c);
    }
    if (line.charAt(0) != kind) {
      throw new IOException("not " + kind + ": " + line);
    }
    return Integer.parseInt(line.substring(1).strip());
  }

  private String answer(List<String> command) {
    return switch (command.getFirst().toUpperCase(Locale.ROOT)) {
      case "HGETALL" -> {
        Map<String, String> hash = hashes.getOrDefault(command.get(1), Map.of());
        StringBuilder text = new StringBuilder("*" + 2 * hash.size() + "\r\n");
        hash.forEach((field, value) -> text.append(bulk(field)).append(bulk(value)));
        yield text.toString();
      }
      case "HSET" -> {
        put(command.get(1), Map.of(command.get(2), command.get(3)));
        yield ":1\r\n";
      }
      default -> "+OK\r\n";
    };
  }

  private static String bulk(String text) {
    return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
  }
}

package dev.terrace.sandbox;

import java.nio.file.Path;
import java.util.List;

/** A Redis server, which keeps nothing over a restart unless its arguments say so. */
public final class RedisServer extends CacheServer {

  private RedisServer(List<String> arguments) {
    super("redis-server", "redis-server", arguments);
  }

  /** Starts one, with these arguments besides its port and folder: {@code --requirepass secret}. */
  public static RedisServer start(String... arguments) {
    RedisServer server = new RedisServer(List.of(arguments));
    server.startFirst();
    return server;
  }

  @Override
  List<String> ownArguments(int onPort, Path inFolder) {
    return List.of(
        "--port",
        Integer.toString(onPort),
        "--bind",
        "127.0.0.1",
        "--dir",
        inFolder.toString(),
        "--save",
        "",
        "--appendonly",
        "no");
  }

  @Override
  String question() {
    return "PING\r\n";
  }

  /** It may ask for a password first. */
  @Override
  List<String> answers() {
    return List.of("+PONG", "-NOAU");
  }
}

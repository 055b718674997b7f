package dev.terrace.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Memcached, which keeps nothing over a restart. */
public final class MemcachedServer extends CacheServer {

  private MemcachedServer(List<String> arguments) {
    super("memcached", "memcached", arguments);
  }

  /** Starts one, with these arguments besides its port: {@code -I 2m}. */
  public static MemcachedServer start(String... arguments) {
    MemcachedServer server = new MemcachedServer(List.of(arguments));
    server.startFirst();
    return server;
  }

  @Override
  List<String> ownArguments(int onPort, Path inFolder) {
    List<String> own = new ArrayList<>(List.of("-p", Integer.toString(onPort)));
    own.addAll(List.of("-l", "127.0.0.1", "-U", "0"));
    if (System.getProperty("user.name", "").equals("root")) {
      own.addAll(List.of("-u", "root")); // it refuses to run as root unless told to
    }
    return own;
  }

  @Override
  String question() {
    return "mn\r\n";
  }

  @Override
  List<String> answers() {
    return List.of("MN");
  }
}

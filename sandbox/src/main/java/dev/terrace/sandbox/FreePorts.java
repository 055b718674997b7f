package dev.terrace.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses loopback ports that nobody listens on. They come from below the range that the kernel
 * gives to outgoing connections, because a test opens many of those between the choice and the
 * bind. A port is handed out once per JVM.
 */
public final class FreePorts {

  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 1_000;
  private static final Set<Integer> HANDED_OUT = new HashSet<>();

  private FreePorts() {}

  /** One free port. */
  public static int one() {
    return some(1).getFirst();
  }

  /** That many free ports, all different. */
  public static List<Integer> some(int count) {
    List<Integer> chosen = new ArrayList<>();
    synchronized (HANDED_OUT) {
      for (int i = 0; i < ATTEMPTS && chosen.size() < count; i++) {
        int port = ThreadLocalRandom.current().nextInt(LOWEST, Math.min(HIGHEST, outgoingFrom()));
        if (!HANDED_OUT.contains(port) && isFree(port)) {
          HANDED_OUT.add(port);
          chosen.add(port);
        }
      }
    }
    if (chosen.size() < count) {
      throw new SandboxException("found no free port on 127.0.0.1 in " + ATTEMPTS + " attempts");
    }
    return chosen;
  }

  /** Whether something could listen on this port of 127.0.0.1 now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int outgoingFrom() {
    try {
      String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
      int from = Integer.parseInt(range.strip().split("\\s+", -1)[0]);
      return from > LOWEST + ATTEMPTS ? from : HIGHEST;
    } catch (IOException | NumberFormatException e) {
      return HIGHEST; // not Linux, or hidden: the usual range starts above
    }
  }
}

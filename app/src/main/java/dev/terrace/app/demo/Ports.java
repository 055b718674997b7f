package dev.terrace.app.demo;

import dev.terrace.core.pool.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Whether the demo's fixed ports can be had. */
final class Ports {

  private Ports() {}

  /**
   * Makes sure that each address is free, so that a second demo says so before it starts anything.
   *
   * @throws IOException naming all that are taken
   */
  static void requireFree(List<Address> addresses) throws IOException {
    List<String> taken = addresses.stream().filter(a -> !isFree(a)).map(Address::toString).toList();
    if (!taken.isEmpty()) {
      throw new IOException(
          "the demo needs "
              + String.join(", ", taken)
              + ", but something listens there. Is another demo running? See who with: ss -ltnp");
    }
  }

  private static boolean isFree(Address address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address.host(), address.port()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

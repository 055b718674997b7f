package dev.terrace.config;

import dev.terrace.core.pool.Address;

/**
 * A name in DNS that leads to members: {@code app.internal:8080}, or a service that has its ports
 * with it: {@code _http._tcp.internal}.
 *
 * @param address the name with the members' port; of a service the port is 0
 */
public record DiscoverName(Address address) {

  public DiscoverName {
    if (address.port() == 0 && !address.host().startsWith("_")) {
      throw new IllegalArgumentException(
          "'" + address + "' lacks the members' port, as in app.internal:8080");
    }
  }

  /** As the file writes it. */
  @Override
  public String toString() {
    return address.toString();
  }
}

package dev.terrace.dns;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Addresses that the file lists; they take turns at being the first. */
final class FixedAddresses implements AddressSource {

  private static final class Ring {
    final byte[][] addresses;
    final AtomicInteger next = new AtomicInteger();

    Ring(byte[][] addresses) {
      this.addresses = addresses;
    }
  }

  private final int answers;
  private final Map<Family, Ring> rings = new EnumMap<>(Family.class);

  FixedAddresses(List<String> literals, int answers) {
    this.answers = answers;
    for (Family family : Family.values()) {
      rings.put(family, new Ring(distinct(literals, family)));
    }
  }

  private static byte[][] distinct(List<String> literals, Family family) {
    return literals.stream()
        .map(literal ->
            Family.literal(literal)
                .orElseThrow(() -> new IllegalArgumentException(literal + " is not an IP address")))
        .distinct()
        .map(InetAddress::getAddress)
        .filter(address -> address.length == family.bytes())
        .toArray(byte[][]::new);
  }

  @Override
  public int choose(Family family, ClientKey client, long random, byte[][] chosen) {
    Ring ring = rings.get(family);
    if (ring == null || ring.addresses.length == 0) {
      return 0;
    }
    int size = ring.addresses.length;
    int start = Math.floorMod(ring.next.getAndIncrement(), size);
    int count = Math.min(size, answers);
    for (int i = 0; i < count; i++) {
      chosen[i] = ring.addresses[(start + i) % size];
    }
    return count;
  }

  @Override
  public boolean hashesClient() {
    return false;
  }
}

package dev.terrace.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A zone's name and what its SOA and NS records say.
 *
 * @param parent the nearest zone of ours above it
 * @param servers the first is the SOA's primary
 * @param serial made of the configuration: the same file gives the same serial on every node
 */
record Zone(
    Name name,
    @Nullable Zone parent,
    List<Name> servers,
    Name hostmaster,
    int serial,
    int negativeTtl) {

  /** There are no transfers, so nobody acts on these three; the values are RFC 1912's. */
  static final int REFRESH = 7200;

  static final int RETRY = 900;
  static final int EXPIRE = 1_209_600;

  private static final int APEX_TTL = 3600;

  Zone {
    servers = List.copyOf(servers);
  }

  /** How long the SOA and NS records may be kept. */
  int ttl() {
    // RFC 2308, section 3: a negative answer lives as long as the lesser of the SOA's own life and
    // its MINIMUM; the file's negative-ttl is to be that lesser.
    return Math.max(APEX_TTL, negativeTtl);
  }
}

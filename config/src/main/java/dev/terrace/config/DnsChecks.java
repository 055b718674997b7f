package dev.terrace.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The checks of what only the DNS front's keys hold: names, literals, lifetimes. */
final class DnsChecks {

  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?");
  private static final int LABEL_MAX = 63;

  /** 255 bytes on the wire (RFC 1035, section 2.3.4) are 253 characters without the last dot. */
  private static final int NAME_MAX = 253;

  private DnsChecks() {}

  static void zone(String zone, DnsConfig.ZoneConfig config) {
    name("zone", zone);
    Map<String, String> seen = new HashMap<>();
    for (String name : config.records().keySet()) {
      if (name.length() + 1 + zone.length() > NAME_MAX) {
        throw new IllegalArgumentException(
            "'" + name + "." + zone + "' is longer than the " + NAME_MAX + " of a DNS name");
      }
      String twin = seen.put(name.toLowerCase(Locale.ROOT), name);
      if (twin != null) {
        throw new IllegalArgumentException(
            "'" + twin + "' and '" + name + "' are the same name: DNS ignores case");
      }
    }
  }

  /** A name that a value holds: full, of this zone if it has no dot, or @ for the zone itself. */
  static void target(String key, String name) {
    if (!name.equals("@")) {
      name(key, name);
    }
  }

  static void record(String name, DnsConfig.RecordConfig config) {
    boolean alias = config.cname().isPresent();
    boolean delegation = !config.ns().isEmpty();
    if (name.equals("@")) {
      if (alias) {
        throw new IllegalArgumentException(
            "@ cannot have a cname: the zone's SOA and NS records are there (RFC 1034, 3.6.2)");
      }
      if (delegation) {
        throw new IllegalArgumentException("@ cannot have ns: use the zone's nameservers");
      }
      return;
    }
    boolean wildcard = name.equals("*") || name.startsWith("*.");
    if (wildcard && delegation) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot have ns: delegate names one by one");
    }
    if (!name.equals("*")) {
      name("record", wildcard ? name.substring(2) : name);
    }
  }

  static void address(String literal) {
    try {
      if (literal.indexOf('%') < 0) {
        InetAddress.ofLiteral(literal);
        return;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, in our words.
    }
    throw new IllegalArgumentException(
        "'" + literal + "' in addresses is not an IPv4 or IPv6 address");
  }

  /** RFC 2181, section 8: at most 2^31 - 1 seconds. */
  static void ttl(String key, Duration ttl) {
    Check.range(key + " in seconds", ttl.toSeconds(), 0, Integer.MAX_VALUE);
  }

  private static void name(String key, String name) {
    String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (relative.isEmpty() || relative.length() > NAME_MAX) {
      throw new IllegalArgumentException(
          key + " '" + name + "' is not a DNS name: it has 1 to " + NAME_MAX + " characters");
    }
    for (String label : relative.split("\\.", -1)) {
      if (label.length() > LABEL_MAX || !LABEL.matcher(label).matches()) {
        throw new IllegalArgumentException(
            key
                + " '"
                + name
                + "' is not a DNS name: its part '"
                + label
                + "' should be 1 to 63 letters, digits, - or _");
      }
    }
  }
}

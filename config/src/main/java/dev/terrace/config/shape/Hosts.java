package dev.terrace.config.shape;

import dev.terrace.core.pool.Address;
import java.util.regex.Pattern;

/** Hosts and ports as the file writes them, checked before anyone tries to resolve them. */
public final class Hosts {

  static final String EXPECTED = "host:port, as in 127.0.0.1:9001";

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern VERSION_4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern DOTTED_NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  private Hosts() {}

  /** Whether the host is an IPv4 or IPv6 address rather than a name. */
  public static boolean isIpLiteral(String host) {
    return VERSION_4.matcher(host).matches() || isVersion6(host);
  }

  /** Whether this can stand in a Host header: a name or an address, with a port or without. */
  public static boolean isAuthority(String text) {
    try {
      Address address = parse(text);
      boolean bare6 = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
      return !bare6 && (address.port() > 0 || !text.endsWith(":0"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether a server on this address can be reached from this machine alone. */
  public static boolean isLoopback(Address address) {
    return address.isLoopback()
        && (address.host().equals("localhost") || isIpLiteral(address.host()));
  }

  /** RFC 4291, section 2.2: eight groups, one run of zero groups as ::, the last two as IPv4. */
  private static boolean isVersion6(String host) {
    int gap = host.indexOf("::");
    if (gap >= 0 && host.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    if (gap < 0) {
      return groups(host, true) == 8;
    }
    String before = host.substring(0, gap);
    String after = host.substring(gap + 2);
    int left = before.isEmpty() ? 0 : groups(before, false);
    int right = after.isEmpty() ? 0 : groups(after, true);
    return left >= 0 && right >= 0 && left + right <= 7;
  }

  /** How many groups the text holds, or -1 if it holds anything else. */
  private static int groups(String text, boolean mayEndInVersion4) {
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (GROUP.matcher(parts[i]).matches()) {
        count++;
      } else if (last && mayEndInVersion4 && VERSION_4.matcher(parts[i]).matches()) {
        count += 2;
      } else {
        return -1;
      }
    }
    return count;
  }

  /** Reads an address that must name a port, if only 0. */
  static Address withPort(String text) {
    Address address = parse(text);
    boolean bracketed = text.startsWith("[");
    boolean port = bracketed ? !text.endsWith("]") : text.indexOf(':') == text.lastIndexOf(':');
    if (!port || text.indexOf(':') < 0) {
      throw new IllegalArgumentException("'" + text + "' lacks a port: expected " + EXPECTED);
    }
    return address;
  }

  /** Reads an address whose port may be left out. */
  static Address parse(String text) {
    Address address = Address.parse(text);
    String host = address.host();
    if (host.equals("*")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not " + EXPECTED + "; every address is 0.0.0.0, or [::] for IPv6");
    }
    boolean literal = isIpLiteral(host);
    boolean name = !DOTTED_NUMBERS.matcher(host).matches() && isName(host);
    if (!literal && !name) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not "
              + EXPECTED
              + ": '"
              + host
              + "' is neither an IP address nor a"
              + " host name");
    }
    return address;
  }

  private static boolean isName(String host) {
    if (host.length() > 253) {
      return false;
    }
    for (String label : host.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }

  /** With the port even if it is 0. */
  static String format(Address address) {
    return address.port() == 0 ? address + ":0" : address.toString();
  }
}

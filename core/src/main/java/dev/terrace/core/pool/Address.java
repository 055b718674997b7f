package dev.terrace.core.pool;

import java.util.regex.Pattern;

/**
 * Where a server listens: a host (a name or an IP literal, without brackets) and a port. Port 0
 * means that only the host is meant, as for a member that DNS answers with.
 */
public record Address(String host, int port) {

  /** Not just what starts like it: 127.example.com is a name, and may lead anywhere. */
  private static final Pattern VERSION_4_LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}");

  public Address {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("an address needs a host, as in 127.0.0.1:9001");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
  }

  /**
   * Reads {@code host:port}, {@code [v6]:port} or a bare host (port 0).
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Address parse(String text) {
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0) {
        throw new IllegalArgumentException("'" + text + "' lacks the closing ]");
      }
      String host = text.substring(1, close);
      String rest = text.substring(close + 1);
      if (rest.isEmpty()) {
        return new Address(host, 0);
      }
      if (!rest.startsWith(":")) {
        throw new IllegalArgumentException("'" + text + "' is not [host]:port");
      }
      return new Address(host, parsePort(text, rest.substring(1)));
    }
    int colon = text.lastIndexOf(':');
    boolean bareVersion6 = colon >= 0 && text.indexOf(':') != colon;
    if (colon < 0 || bareVersion6) {
      return new Address(text, 0);
    }
    return new Address(text.substring(0, colon), parsePort(text, text.substring(colon + 1)));
  }

  private static int parsePort(String text, String port) {
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("'" + text + "' is not host:port, as in 127.0.0.1:9001");
    }
    return Integer.parseInt(port);
  }

  /** Whether the host is a loopback literal or {@code localhost}. */
  public boolean isLoopback() {
    return host.equals("localhost")
        || host.equals("::1")
        || VERSION_4_LOOPBACK.matcher(host).matches();
  }

  @Override
  public String toString() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == 0 ? shown : shown + ":" + port;
  }
}

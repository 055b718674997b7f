package dev.terrace.console;

import dev.terrace.core.pool.Address;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What keeps other web pages away from the API, which has no password: a browser of this machine
 * may have any page open.
 *
 * <p>A page whose name was rebound to a loopback address (DNS rebinding) sends its own name as
 * Host, so only loopback literals, {@code localhost} and the addresses of the file are served. A
 * page of another origin can send a plain POST, but not a header of its own without asking first
 * (Fetch standard, CORS preflight), which is never granted: so commands want {@value #HEADER}.
 */
final class Gate {

  static final String HEADER = "X-Terrace";

  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

  private Gate() {}

  /** Says no to a request whose Host is not ours, or to a command that may be forged. */
  static Optional<Answer> refuse(
      String method, URI uri, List<String> hosts, List<String> marks, List<Address> listening) {
    if (hosts.size() != 1) {
      return Optional.of(
          Answer.problem(
              Answer.BAD_REQUEST,
              "a request has exactly one Host header",
              "send one, as HTTP/1.1 asks for"));
    }
    String inUri = uri.getRawAuthority();
    boolean ours =
        isOurs(hosts.getFirst(), listening) && (inUri == null || isOurs(inUri, listening));
    if (!ours) {
      return Optional.of(
          Answer.problem(
              Answer.MISDIRECTED,
              "the admin API is not served under this name",
              "use 127.0.0.1 or localhost, or an address of listen.admin"));
    }
    if (method.equals("POST") && !marks.equals(List.of("1"))) {
      return Optional.of(
          Answer.problem(
              Answer.FORBIDDEN,
              "commands need the header " + HEADER + ": 1",
              "send it; it shows that no other web page makes the request"));
    }
    return Optional.empty();
  }

  private static boolean isOurs(String hostAndPort, List<Address> listening) {
    Address address;
    try {
      address = Address.parse(hostAndPort);
    } catch (IllegalArgumentException e) {
      return false;
    }
    String host = address.host();
    return host.equalsIgnoreCase("localhost")
        || host.equals("::1")
        || LOOPBACK_V4.matcher(host).matches()
        || listening.stream().anyMatch(a -> a.host().equalsIgnoreCase(host));
  }
}

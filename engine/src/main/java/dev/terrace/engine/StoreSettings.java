package dev.terrace.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an engine logs in to a store's servers, and its limits.
 *
 * @param store the store's name in the file
 * @param tls how connections are secured, if they are
 * @param timeout how long one call may take
 * @param connectTimeout how long connecting may take
 * @param maxConnections connections to one server at most
 */
public record StoreSettings(
    String store,
    String database,
    String user,
    String password,
    Optional<StoreTls> tls,
    Duration timeout,
    Duration connectTimeout,
    int maxConnections) {

  /**
   * TLS with servers.
   *
   * @param ca PEM file of the CAs that sign the servers' certificates; the JDK's if left out
   * @param serverName the name that servers must prove; each one's own host if left out
   * @param certificate PEM file of what we show, with {@code key}
   */
  public record StoreTls(
      Mode mode,
      Optional<Path> ca,
      Optional<String> serverName,
      Optional<Path> certificate,
      Optional<Path> key) {}

  /** How far servers are asked for TLS, and what they must prove. */
  public enum Mode {
    /** TLS, or else clear text. */
    PREFER,
    /** TLS, whoever the server is. */
    REQUIRE,
    /** A certificate that is trusted, whatever names it bears. */
    VERIFY_CA,
    /** A trusted certificate that bears the server's name. */
    VERIFY_FULL
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "StoreSettings[" + store + ": " + user + " at " + database + "]";
  }
}

package dev.terrace.engine;

import java.time.Duration;

/**
 * How an engine logs in to a store's servers, and its limits.
 *
 * @param store the store's name in the file
 * @param timeout how long one call may take
 * @param connectTimeout how long connecting may take
 * @param maxConnections connections to one server at most
 */
public record StoreSettings(
    String store,
    String database,
    String user,
    String password,
    Duration timeout,
    Duration connectTimeout,
    int maxConnections) {

  /** Without the password. */
  @Override
  public String toString() {
    return "StoreSettings[" + store + ": " + user + " at " + database + "]";
  }
}

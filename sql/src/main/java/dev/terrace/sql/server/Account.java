package dev.terrace.sql.server;

import dev.terrace.sql.auth.ServerPassword;
import java.util.Optional;

/**
 * As whom Terrace logs in to a store's servers, and how those connections are secured. Connections
 * are shared by those who have the same account, and by nobody else.
 */
public final class Account {

  private final String user;
  private final String database;
  private final Optional<ServerPassword> password;
  private final Optional<ServerTls> tls;
  private volatile boolean retired;

  /** An account that connections may be opened for. */
  public Account(
      String user, String database, Optional<ServerPassword> password, Optional<ServerTls> tls) {
    this.user = user;
    this.database = database;
    this.password = password;
    this.tls = tls;
  }

  /** The role that servers see. */
  public String user() {
    return user;
  }

  /** The database. */
  public String database() {
    return database;
  }

  /** What proves that we may be that role. */
  public Optional<ServerPassword> password() {
    return password;
  }

  /** How connections are secured, if they are. */
  public Optional<ServerTls> tls() {
    return tls;
  }

  /** Whether it is out of date: its connections end as soon as they are free. */
  public boolean isRetired() {
    return retired;
  }

  /** The file has another in its place. */
  public void retire() {
    retired = true;
  }
}

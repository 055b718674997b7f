package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.StoreSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens connections to one store's servers. */
final class Login {

  private static final Driver DRIVER = new Driver();

  private final StoreSettings settings;
  private final String name;

  Login(StoreSettings settings) {
    this(settings, "terrace");
  }

  /** With what servers are to call the connections. */
  Login(StoreSettings settings, String name) {
    this.settings = settings;
    this.name = name;
  }

  StoreSettings settings() {
    return settings;
  }

  /** A new connection whose statements the server ends after {@code timeout}. */
  Connection connect(Address server, Duration connectTimeout, Duration timeout)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    settings.tls().ifPresent(tls -> PemSockets.configure(properties, tls));
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", seconds(connectTimeout));
    properties.setProperty("loginTimeout", seconds(connectTimeout));
    // The server ends a statement in time; the socket's own limit is for a server that hangs.
    properties.setProperty("socketTimeout", seconds(timeout.plusMillis(500)));
    properties.setProperty("options", "-c statement_timeout=" + timeout.toMillis());
    properties.setProperty("tcpKeepAlive", "true");
    // Parameters carry no type, so that the server reads each as its column's type.
    properties.setProperty("stringtype", "unspecified");
    // Values come as the server prints them.
    properties.setProperty("binaryTransfer", "false");
    Address at = server.port() == 0 ? new Address(server.host(), 5432) : server;
    Connection connection =
        DRIVER.connect("jdbc:postgresql://" + at + "/" + settings.database(), properties);
    if (connection == null) {
      throw new SQLException("the driver does not take the address " + at, "08001");
    }
    try (var statement = connection.createStatement()) {
      statement.execute("SET TIME ZONE 'UTC'");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** The driver counts in whole seconds; 0 would be for ever. */
  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, (duration.toMillis() + 999) / 1000));
  }
}

package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Table.Column;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Makes of the driver's exceptions what the engine's callers understand, by SQLSTATE. */
final class Failures {

  private static final Pattern PARAMETER = Pattern.compile("parameter \\$(\\d+)");

  private Failures() {}

  /** Connecting failed. */
  static EngineFailure connecting(Address server, SQLException e) {
    String state = state(e);
    String message = serverMessage(e);
    if (state.startsWith("28") || state.startsWith("3D")) {
      return new EngineFailure(Kind.UNREACHABLE, server + " refused the login: " + message, e);
    }
    return new EngineFailure(Kind.UNREACHABLE, "cannot connect to " + server + ": " + message, e);
  }

  /**
   * A statement failed before anything was committed.
   *
   * @param parameters the columns that the statement's parameters were for, in order
   */
  static EngineFailure statement(
      Address server, String table, List<Column> parameters, SQLException e) {
    String state = state(e);
    if (timedOut(e)) {
      return new EngineFailure(Kind.TIMEOUT, server + " took too long over " + table, e);
    }
    if (broken(e)) {
      return new EngineFailure(Kind.UNREACHABLE, "lost " + server + ": " + serverMessage(e), e);
    }
    String message = serverMessage(e);
    if (state.equals("25006")) {
      return new EngineFailure(
          Kind.UNREACHABLE, server + " takes no writes any more: " + message, e);
    }
    if (state.startsWith("40") || state.equals("55P03")) {
      return new EngineFailure(Kind.TIMEOUT, table + ": others were in the way: " + message, e);
    }
    if (state.equals("42P01")) {
      return new EngineFailure(
          Kind.UNKNOWN_TABLE, server + " has no table " + table + ": " + message, e);
    }
    if (state.equals("42703")) {
      return new EngineFailure(Kind.UNKNOWN_FIELD, table + ": " + message, e);
    }
    if (state.equals("42P10")) {
      return new EngineFailure(
          Kind.REJECTED, table + " has no unique index on its key column: " + message, e);
    }
    Column culprit = culprit(e, message, parameters);
    String where = culprit == null ? table : table + "." + culprit.name();
    String type = culprit == null ? "" : " (" + culprit.type() + ")";
    return new EngineFailure(Kind.REJECTED, where + type + ": " + message, e);
  }

  /** The column that the server complains of: by its name, parameter number or type. */
  private static @Nullable Column culprit(SQLException e, String message, List<Column> parameters) {
    ServerErrorMessage detail = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (detail != null && detail.getColumn() != null) {
      for (Column column : parameters) {
        if (column.name().equals(detail.getColumn())) {
          return column;
        }
      }
    }
    if (detail != null && detail.getWhere() != null) {
      Matcher number = PARAMETER.matcher(detail.getWhere());
      if (number.find() && Integer.parseInt(number.group(1)) <= parameters.size()) {
        return parameters.get(Integer.parseInt(number.group(1)) - 1);
      }
    }
    List<Column> ofType = parameters.stream().filter(c -> message.contains(c.type())).toList();
    return ofType.size() == 1 ? ofType.getFirst() : null;
  }

  /** Whether another try of the whole transaction may go through. */
  static boolean worthRetry(SQLException e) {
    String state = state(e);
    // Serialisation failure, deadlock, and a prepared SELECT * from before an ALTER TABLE.
    return state.startsWith("40") || state.equals("0A000") || state.equals("25P02");
  }

  /** Whether the connection is of no more use. */
  static boolean broken(SQLException e) {
    String state = state(e);
    // 57P0x: the server is being shut down, crashed, or cannot take connections now.
    return state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("53")
        || state.isEmpty();
  }

  static boolean timedOut(SQLException e) {
    return state(e).equals("57014") || e.getCause() instanceof SocketTimeoutException;
  }

  static String serverMessage(SQLException e) {
    ServerErrorMessage detail = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    String message = detail == null ? e.getMessage() : detail.getMessage();
    return String.valueOf(message).replace('\n', ' ').replace('\r', ' ');
  }

  private static String state(SQLException e) {
    String state = e.getSQLState();
    return state == null ? "" : state;
  }
}

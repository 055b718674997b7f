package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * An error as PostgreSQL words it.
 *
 * @param severity ERROR, or FATAL where the connection ends
 * @param sqlState five characters, as in PostgreSQL's table of codes
 * @param hint what to do about it; empty for none
 * @param routine where PostgreSQL's source reports it, by which some drivers tell errors apart;
 *     empty for none
 */
public record SqlError(
    String severity, String sqlState, String message, String hint, String routine) {

  // Each transaction that ends asks for it.
  private static final SqlError IN_FAILED_TRANSACTION =
      error(
          "25P02",
          "current transaction is aborted, commands ignored until end of transaction block");

  /** An error after which the session goes on. */
  public static SqlError error(String sqlState, String message) {
    return new SqlError("ERROR", sqlState, message, "", "");
  }

  /** An error after which the session goes on, with a way out. */
  public static SqlError error(String sqlState, String message, String hint) {
    return new SqlError("ERROR", sqlState, message, hint, "");
  }

  /** An error that ends the connection. */
  public static SqlError fatal(String sqlState, String message) {
    return new SqlError("FATAL", sqlState, message, "", "");
  }

  /** A statement in a transaction that has failed. */
  public static SqlError inFailedTransaction() {
    return IN_FAILED_TRANSACTION;
  }

  /** Whether it tells that a connection is lost, so that more may have been done than is known. */
  public boolean isOfConnection() {
    return sqlState.startsWith("08") || sqlState.equals("57P01");
  }

  /** Whether the connection ends with it. */
  public boolean isFatal() {
    return !severity.equals("ERROR");
  }

  /** Reads the body of an ErrorResponse, which stays as it is. */
  public static SqlError read(ByteBuf body) {
    String severity = "ERROR";
    String state = "XX000";
    String message = "";
    String hint = "";
    String routine = "";
    int at = body.readerIndex();
    while (at < body.writerIndex() && body.getByte(at) != 0) {
      char field = (char) body.getByte(at);
      int end = body.indexOf(at + 1, body.writerIndex(), (byte) 0);
      if (end < 0) {
        break;
      }
      String value = body.toString(at + 1, end - at - 1, StandardCharsets.UTF_8);
      switch (field) {
        case 'V' -> severity = value;
        case 'C' -> state = value;
        case 'M' -> message = value;
        case 'H' -> hint = value;
        case 'R' -> routine = value;
        default -> {
          // Detail, position, file and line do not matter here.
        }
      }
      at = end + 1;
    }
    return new SqlError(severity, state, message, hint, routine);
  }
}

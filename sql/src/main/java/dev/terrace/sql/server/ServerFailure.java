package dev.terrace.sql.server;

/**
 * Why no connection to a server could be had.
 *
 * @param detail for people
 */
public record ServerFailure(Kind kind, String detail) {

  /** What kind of failure. */
  public enum Kind {
    /** It refused to be connected to, did not answer in time, or is starting up. */
    UNREACHABLE,
    /** It did not let Terrace log in. */
    LOGIN,
    /** All connections stayed busy for as long as one may wait. */
    BUSY
  }
}

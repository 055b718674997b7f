package dev.terrace.net;

/** Why no connection to a member could be had. Nothing was sent, so the work may go elsewhere. */
public enum ConnectFailure {
  /** The member refused, could not be reached, or did not answer in time. */
  UNREACHABLE,
  /** The member has as many connections as its pool allows. */
  LIMIT
}

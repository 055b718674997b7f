package dev.terrace.sql.session;

/** What a session does. */
enum Activity {
  /** It runs a statement, or waits for a server to. */
  BUSY,
  /** The client is silent, and a transaction is open. */
  IDLE_IN_TRANSACTION,
  /** The client is silent. */
  IDLE
}

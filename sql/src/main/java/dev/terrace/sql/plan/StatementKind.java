package dev.terrace.sql.plan;

/** What a statement does, as far as whoever relays it must know. */
public enum StatementKind {
  /** Returns rows and provably changes nothing; a replica may answer it. */
  READ,
  /** May change data, or cannot be proven not to. */
  WRITE,
  /** BEGIN, START TRANSACTION. */
  BEGIN,
  /** COMMIT, END. */
  COMMIT,
  /** ROLLBACK, ABORT: of the whole transaction. */
  ROLLBACK,
  /** SAVEPOINT, RELEASE, ROLLBACK TO. */
  SAVEPOINT,
  /** SET, RESET, SHOW, DISCARD: about the session, not the data. */
  SESSION,
  /** PREPARE name AS, on the level of SQL. */
  PREPARE,
  /** EXECUTE name. */
  EXECUTE,
  /** DEALLOCATE name or ALL. */
  DEALLOCATE,
  /** DECLARE: opens a cursor that later FETCHes must find. */
  DECLARE,
  /** FETCH, MOVE, CLOSE of a cursor. */
  FETCH,
  /** LISTEN, UNLISTEN. */
  LISTEN,
  /** COPY ... FROM STDIN: the client sends rows. */
  COPY_IN,
  /** COPY ... TO STDOUT: the server sends rows. */
  COPY_OUT,
  /** Changes the schema, rights or statistics: CREATE, ALTER, DROP, GRANT, VACUUM, ... */
  DDL,
  /** Anything else: LOCK, CALL, DO, two-phase commit. */
  OTHER,
  /** Nothing but white space and comments. */
  EMPTY
}

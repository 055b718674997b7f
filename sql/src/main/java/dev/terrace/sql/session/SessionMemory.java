package dev.terrace.sql.session;

import dev.terrace.config.Size;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.sql.wire.SqlError;

/** What Terrace keeps for a session, within what its user may have. */
final class SessionMemory {

  private final Session session;
  private final UserMemory user;

  SessionMemory(Session session) {
    this.session = session;
    this.user = session.identity().memory();
  }

  private long bytesMax() {
    return session
        .service()
        .users()
        .config(session.identity().user())
        .flatMap(UserConfig::maxMemory)
        .or(session.service().config()::userMemory)
        .map(Size::bytes)
        .orElse(Long.MAX_VALUE);
  }

  /** Takes some more; false if the user has no more. */
  boolean take(long more) {
    return user.tryTake(more, bytesMax());
  }

  /** Gives some back. */
  void give(long less) {
    user.give(less);
  }

  /** What to tell a client that wants more. */
  SqlError exhausted() {
    return SqlError.error(
        "53200",
        "the sessions of user \""
            + session.identity().user()
            + "\" have more than "
            + bytesMax()
            + " bytes of rows, prepared statements and messages that wait in"
            + " Terrace",
        "Raise sql.users.NAME.max-memory or sql.user-memory, DEALLOCATE statements, send less at"
            + " once, or ask for fewer rows of several shards.");
  }
}

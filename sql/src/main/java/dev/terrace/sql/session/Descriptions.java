package dev.terrace.sql.session;

import dev.terrace.sql.gather.Description;
import dev.terrace.sql.wire.Answers;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What servers say of statements' columns, on which clients rely once they are told. */
final class Descriptions {

  private Descriptions() {}

  /** Whether it matters what the columns are. */
  static boolean concern(@Nullable Expect expect) {
    return expect != null && expect.kind == Expect.Kind.DESCRIBE && expect.statement != null;
  }

  /** Tells the client, or compares them with what it was told. */
  static void take(Session session, Expect expect, byte type, ByteBuf body) {
    Statement statement = expect.statement;
    ByteBuf parameters = expect.takeParameters();
    if (statement == null) {
      return;
    }
    long columns = Description.fingerprint(body);
    session
        .link()
        .connection()
        .statements()
        .describe(statement.text(), !statement.isUnnamed(), columns);
    if (expect.relays) {
      statement.told(columns);
      if (parameters != null) {
        session.write(parameters);
      }
      session.replies().relay(Answers.copy(session.alloc(), type, body));
      return;
    }
    if (parameters != null) {
      parameters.release();
    }
    expect.done.accept(
        statement.fits(columns) ? Optional.empty() : Optional.of(Outdated.COLUMNS_CHANGED));
  }
}

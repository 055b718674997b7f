package dev.terrace.sql.session;

import dev.terrace.sql.server.ParameterStatuses;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Answers;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings that the client was told of, as servers report them without being asked. A server
 * tells of those that change there; what changes because the session goes on at another server, or
 * because a setting was kept until there was one, is told at the end of the batch.
 */
final class ToldParameters {

  private final Session session;
  private final Map<String, String> told = new HashMap<>();
  private long fingerprint;
  private Settings toldFor = Settings.NONE;

  ToldParameters(Session session) {
    this.session = session;
  }

  /** The client is told of these as it begins. */
  void begin(Map<String, String> values) {
    told.putAll(values);
    toldFor = session.settings();
  }

  /** The client is told what a server has just said. */
  void relay(byte type, ByteBuf body) {
    ParameterStatuses.read(body, told::put);
    session.write(Answers.copy(session.alloc(), type, body));
  }

  /** Tells what differs at the server that the session has now, or would at its next one. */
  void catchUp() {
    Link.Held now = session.link().held();
    if (now == null && !session.branches().isEmpty()) {
      now = session.branches().held().getFirst();
    }
    if (now != null && !now.isCoordinator()) {
      catchUp(now.connection().parameters());
    } else if (now == null && !session.settings().equals(toldFor) && isOutsideOfTransaction()) {
      session
          .shared()
          .reported(session.account(), session.settings())
          .ifPresent(values -> {
            toldFor = session.settings();
            values.forEach(this::tell);
          });
    }
  }

  private boolean isOutsideOfTransaction() {
    return session.transaction().state() == Transaction.State.NONE;
  }

  private void catchUp(ParameterStatuses there) {
    if (there.fingerprint() != fingerprint) {
      fingerprint = there.fingerprint();
      there.snapshot().forEach(this::tell);
    }
    if (isOutsideOfTransaction()) {
      toldFor = session.settings();
    }
  }

  private void tell(String name, String value) {
    if (!ParameterStatuses.OF_SERVER.contains(name) && !value.equals(told.put(name, value))) {
      session.replies().emitLocal();
      session.link().cut();
      session.write(Answers.parameterStatus(session.alloc(), name, value));
    }
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.wire.Answers;
import io.netty.buffer.ByteBufAllocator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told once it is let in: the settings that servers report, its key, and that it
 * may begin. The settings come from a server the first time that a session starts with the settings
 * that this one asked for; that server then also judges those.
 */
final class Greeting {

  private final Session session;
  private final Shared shared;
  private final Runnable done;
  private Cancels.@Nullable Key key;

  Greeting(Session session, Shared shared, Runnable done) {
    this.session = session;
    this.shared = shared;
    this.done = done;
  }

  void start() {
    Optional<Map<String, String>> known = shared.reported(session.account(), session.settings());
    if (known.isPresent()) {
      greet(known.get());
      session.greeted();
      return;
    }
    session
        .link()
        .with(
            new Target(Target.ANY, true, false, false),
            () -> {
              Map<String, String> values =
                  new HashMap<>(session.link().connection().parameters().snapshot());
              values.put("in_hot_standby", "off");
              shared.report(session.account(), session.settings(), Map.copyOf(values));
              session.link().release();
              greet(values);
              session.greeted();
            });
  }

  private void greet(Map<String, String> values) {
    ByteBufAllocator alloc = session.alloc();
    session.write(Answers.authenticationOk(alloc));
    values.forEach((name, value) -> session.write(Answers.parameterStatus(alloc, name, value)));
    session.state().told().begin(values);
    Cancels.Key fresh = shared.cancels().register(session, session.identity().minor());
    key = fresh;
    session.write(Answers.keyData(alloc, fresh.process(), fresh.secret()));
    done.run();
  }

  /** The client is gone. */
  void forget() {
    if (key != null) {
      shared.cancels().forget(key);
    }
  }
}

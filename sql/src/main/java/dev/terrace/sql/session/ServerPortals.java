package dev.terrace.sql.session;

import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;

/** The portals of the extended protocol that one server holds. */
final class ServerPortals {

  /**
   * A statement with its parameters bound.
   *
   * @param portal the portal's name
   * @param settings what it sets by calling set_config
   */
  record Bound(String portal, Statement statement, Plan plan, List<FunctionSetting> settings) {}

  private final Session session;
  private final ExtendedQuery extended;

  ServerPortals(Session session, ExtendedQuery extended) {
    this.session = session;
    this.extended = extended;
  }

  /**
   * Bind.
   *
   * @param rest what follows the statement's name; taken over
   */
  void bind(Target target, Bound bound, ByteBuf rest) {
    Statement statement = bound.statement();
    session.heldBack().hold(rest);
    session
        .link()
        .with(
            session.state().kept().target(target),
            () -> {
              extended.pipeline().flush();
              if (extended.pipeline().isUnproven(statement)) {
                extended.pipeline().prove(statement, () -> send(bound, rest));
              } else {
                send(bound, rest);
              }
            });
  }

  private void send(Bound bound, ByteBuf rest) {
    session.heldBack().unhold();
    String name = extended.pipeline().prepared(bound.statement());
    ServerConnection connection = session.link().connection();
    session.replies().expect(Expect.BIND);
    session.state().kept().records();
    connection.send(Requests.bindHead(session.alloc(), bound.portal(), name, rest.readableBytes()));
    connection.send(rest);
    extended.putPortal(bound.portal(), new Portal.AtServer(bound, connection));
  }

  /** Describe. */
  void describe(Portal.AtServer portal, String name, ByteBuf message) {
    if (isHere(portal, name)) {
      session.replies().expect(Expect.describePortal(portal.bound().statement()));
      session.link().connection().send(message.retain());
    }
  }

  /**
   * Execute.
   *
   * @param message the whole of it
   */
  void execute(Portal.AtServer portal, String name, int rowsMax, ByteBuf message) {
    int elsewhere = session.branches().shardOf(portal.server());
    Optional<SqlError> refusal = session.link().coordination().fetches(name, rowsMax);
    if (refusal.isPresent()) {
      session.batch().fail(refusal.get());
    } else if (elsewhere != Target.ANY) {
      ByteBuf again = message.retain();
      session.heldBack().hold(again);
      session
          .link()
          .with(
              Target.primary(elsewhere),
              () -> {
                session.heldBack().unhold();
                send(portal, again);
              });
    } else if (isHere(portal, name)) {
      send(portal, message.retain());
    }
  }

  private void send(Portal.AtServer portal, ByteBuf execute) {
    Bound bound = portal.bound();
    session.state().sending(bound.plan());
    session.replies().expect(Expect.execute(bound.plan(), bound.settings()));
    session.link().connection().send(execute);
  }

  private boolean isHere(Portal.AtServer portal, String name) {
    Link.Held held = session.link().held();
    if (held != null && held.connection() == portal.server()) {
      return true;
    }
    session.batch().fail(ExtendedQuery.noPortal(name));
    return false;
  }
}

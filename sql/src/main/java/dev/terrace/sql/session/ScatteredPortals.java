package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** The portals of the extended protocol whose statements run on several shards. */
final class ScatteredPortals {

  private final Session session;
  private final ExtendedQuery extended;

  ScatteredPortals(Session session, ExtendedQuery extended) {
    this.session = session;
    this.extended = extended;
  }

  /**
   * Whether rows may be fetched on later, as drivers do by portals with a name: a server that is
   * used beside the transaction is given back before that.
   */
  static boolean fetches(Plan plan, String portal) {
    return plan.kind() == StatementKind.READ && !portal.isEmpty();
  }

  /** The one shard of a statement that any could answer. */
  Decision.Scatter anyOf(Target target) {
    int shards = session.service().members().shards();
    int shard = target.isAny() ? ThreadLocalRandom.current().nextInt(shards) : target.shard();
    return new Decision.Scatter(List.of(shard), true, target.readOnly(), false, Gather.CONCATENATE);
  }

  /**
   * Bind.
   *
   * @param rest what follows the statement's name; taken over
   */
  void bind(Decision.Scatter wanted, String portal, Statement statement, Plan plan, ByteBuf rest)
      throws ProtocolViolation {
    Decision.Scatter where = session.state().kept().where(wanted);
    session.heldBack().hold(rest);
    Binding binding = Binding.read(rest);
    Runnable bound =
        () -> {
          session.heldBack().unhold();
          SessionMemory memory = session.state().memory();
          long bytes = rest.readableBytes();
          if (!memory.take(bytes)) {
            rest.release();
            session.batch().fail(memory.exhausted());
            return;
          }
          extended.putPortal(
              portal,
              new Portal.Scattered(
                  statement, plan, where, rest, binding, () -> memory.give(bytes)));
          extended.pipeline().answer(Answers.bindComplete());
        };
    if (extended.pipeline().isEmpty()) {
      bound.run();
    } else {
      session
          .link()
          .with(
              firstOf(where),
              () -> {
                extended.pipeline().flush();
                bound.run();
              });
    }
  }

  private static Target firstOf(Decision.Scatter where) {
    return new Target(where.shards().getFirst(), where.replicas(), false, !where.joins());
  }

  /** Describe: all shards would say the same of the statement, so the first is asked. */
  void describe(Portal.Scattered portal) {
    session.link().with(firstOf(portal.where()), () -> describeAtFirst(portal));
  }

  /** By a portal that is never run. */
  private void describeAtFirst(Portal.Scattered portal) {
    extended.pipeline().flush();
    String name = extended.pipeline().prepared(portal.statement());
    ServerConnection connection = session.link().connection();
    ByteBuf bound = portal.bound();
    connection.send(Requests.bindHead(session.alloc(), "", name, bound.readableBytes()));
    connection.send(bound.retainedDuplicate());
    session.replies().expect(Expect.BIND_HIDDEN);
    session.state().kept().describes();
    connection.send(Requests.describe(session.alloc(), 'P', ""));
    session.replies().expect(Expect.describePortal(portal.statement()));
  }

  /** Execute; the portal becomes another. */
  void run(Portal.Scattered portal, int rowsMax, Consumer<Portal> becomes) {
    Scatter scatter = new Scatter(session, portal.where(), new ScatterWork.Bound(portal), rowsMax);
    becomes.accept(new Portal.Ran(portal, scatter));
    session.scattering().run(scatter);
  }

  /** Close of a portal whose rows a transaction's servers are still to send. */
  void close(Portal.Ran portal) {
    session.link().asking(true);
    session
        .scattering()
        .stopFetching(() -> {
          session.link().asking(false);
          portal.release();
          if (session.isClosed()) {
            session.control().close();
          } else {
            extended.pipeline().answer(Answers.closeComplete());
            session.resume();
          }
        });
  }

  /** Execute of a portal that has run. */
  void fetchOn(Portal.Ran portal, String name, int rowsMax) {
    if (portal.scatter().isSuspended()) {
      session.scattering().resume(portal.scatter(), rowsMax);
    } else if (portal.scattered().where().readOnly()) {
      extended.pipeline().answer(Answers.complete(session.alloc(), "SELECT 0"));
    } else {
      session
          .batch()
          .fail(
              SqlError.error(
                  "55000", "portal \"" + name + "\" cannot be run: it has run on several shards"));
    }
  }
}

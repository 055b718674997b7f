package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig.AcrossShards;
import dev.terrace.sql.coordinate.Coordinator;
import dev.terrace.sql.coordinate.Outcome;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.Routing;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.wire.SqlError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of a session goes to the store's coordinator: reads outside of transactions, or beside ones
 * that have only read. Says when that may be, finds the connection, and tells of its errors.
 */
final class Coordination {

  /** What a database without the users' own functions, types and keys says to them. */
  private static final Set<String> LACKING =
      Set.of("42883", "42P01", "42704", "42803", "42501", "42P17", "42809", "0A000");

  /** What may come of a change of the schema that was not noticed. */
  private static final Set<String> OUTDATED = Set.of("42P01", "42703", "42804");

  private final Session session;
  private final ServerPool pool;
  private List<String> tables = List.of();
  private Routing.Refused otherwise = new Routing.Refused("0A000", "", "");
  private @Nullable Search waiting;

  /** What the connection in use was found by; another form of the schema may have come since. */
  private Outcome.@Nullable Ready in;

  Coordination(Session session, ServerPool pool) {
    this.session = session;
    this.pool = pool;
  }

  private Coordinator coordinator() {
    return session.shared().coordinator();
  }

  /** Decides for a statement that needs it. */
  Decision decide(Plan plan, Routing.Coordinated routing) {
    Routing.Refused refused = routing.otherwise();
    if (plan.kind() != StatementKind.READ && plan.kind() != StatementKind.COPY_OUT) {
      return new Decision.Refuse(
          SqlError.error(refused.sqlState(), refused.message(), refused.hint()));
    }
    if (!isAlone()) {
      return new Decision.Refuse(
          because(
              refused,
              "it cannot see what a transaction has written or set, nor its snapshot",
              "Send it outside of the transaction, or in a READ COMMITTED one before it writes."));
    }
    if (session.account() != session.service().account()) {
      return new Decision.Refuse(
          because(
              refused,
              "it is asked as the store's own user alone",
              "Leave server-login and server-user out for this user."));
    }
    tables = plan.tables();
    otherwise = refused;
    return new Decision.Server(Target.coordinator());
  }

  /** Whether it does not matter that the coordinator knows nothing of the transaction. */
  private boolean isAlone() {
    Transaction transaction = session.transaction();
    return switch (transaction.state()) {
      case NONE -> !session.writes().uncommitted();
      case WAITING -> transaction.plain() && !session.state().mode().choosesIsolation();
      case OPEN ->
          transaction.plain()
              && !session.state().mode().choosesIsolation()
              && !transaction.isHidden()
              && !session.branches().haveWritten();
    };
  }

  private static SqlError because(Routing.Refused refused, String why, String hint) {
    return SqlError.error(
        refused.sqlState(),
        refused.message() + "; the coordinator cannot answer it: " + why,
        hint.isEmpty() ? refused.hint() : hint);
  }

  /** Finds a connection to it. */
  void seek(ServerSeeker.Found found) {
    Search search = new Search(found, tables, otherwise);
    Optional<Outcome.Ready> now = coordinator().now();
    if (now.isPresent()) {
      search.connect(now.get());
    } else {
      waiting = search;
      coordinator().bring(session.loop(), search::brought);
    }
  }

  /** The client does not want to wait any more. */
  void cancel() {
    Search now = waiting;
    if (now != null) {
      now.fail(ServerSeeker.CANCELLED);
    }
  }

  /** The search of a connection for one statement. */
  private final class Search {
    private final ServerSeeker.Found found;
    private final List<String> needed;
    private final Routing.Refused refused;
    private boolean over;

    Search(ServerSeeker.Found found, List<String> needed, Routing.Refused refused) {
      this.found = found;
      this.needed = needed;
      this.refused = refused;
    }

    void brought(Outcome outcome) {
      if (over || session.isClosed()) {
        return;
      }
      switch (outcome) {
        case Outcome.Ready ready -> connect(ready);
        case Outcome.Unready(String why, boolean passing) ->
            fail(
                passing
                    ? SqlError.error(
                        "57P03",
                        "the coordinator is not available: " + why,
                        "Try again; statements that need no coordinator are served meanwhile.")
                    : because(refused, why, ""));
      }
    }

    void connect(Outcome.Ready ready) {
      for (String table : needed) {
        String reason = ready.leftOut().get(table);
        if (reason != null) {
          fail(because(refused, "it has no table " + table + ": " + reason, ""));
          return;
        }
      }
      waiting = this;
      pool.acquire(
          ready.server(),
          ready.account(),
          session.settings(),
          session.link().own().owner(),
          new ServerPool.Acquired() {
            @Override
            public void connected(ServerConnection connection) {
              got(ready, connection);
            }

            @Override
            public void failed(ServerFailure failure) {
              if (!over && !session.isClosed()) {
                notConnected(ready, failure);
              }
            }
          });
    }

    private void got(Outcome.Ready ready, ServerConnection connection) {
      if (over || session.isClosed()) {
        pool.release(connection);
      } else {
        connection.schemaVersion(ready.schemaVersion());
        in = ready;
        end();
        found.found(new Link.Held(connection, ready.member(), Target.COORDINATOR, false));
      }
    }

    private void notConnected(Outcome.Ready ready, ServerFailure failure) {
      String state =
          switch (failure.kind()) {
            case UNREACHABLE -> "57P03";
            case LOGIN -> "08006";
            case BUSY -> "53300";
          };
      fail(
          SqlError.error(
              state,
              "the coordinator " + ready.server() + " is not available: " + failure.detail(),
              "Try again; statements that need no coordinator are served meanwhile."));
    }

    private void end() {
      over = true;
      waiting = null;
    }

    void fail(SqlError error) {
      end();
      found.none(error);
    }
  }

  /**
   * Has the shards take their snapshots while no transaction over several of them is being
   * committed, then goes on: the coordinator itself would ask one shard sooner and another later.
   */
  void snapshots(Link.Held held, Runnable then, Consumer<SqlError> failed) {
    Outcome.Ready ready = in;
    boolean whole = session.service().config().acrossShards() == AcrossShards.TWO_PHASE;
    if (!whole || ready == null) {
      then.run();
      return;
    }
    CoordinatorSnapshot.take(
        session, held, ready.snapshots(), then, error -> failed.accept(shown(error).orElse(error)));
  }

  /** Gives its connection back, the transaction that held the snapshots ended. */
  void giveBack(Link.Held held) {
    boolean open = held.connection().status() != 'I' && !held.connection().unsynced();
    if (open && !session.isClosed()) {
      new Branch(session, held).run("COMMIT", () -> pool.release(held.connection()));
    } else {
      pool.release(held.connection());
    }
  }

  /** The refusal of rows that would be fetched on later: the connection is another's by then. */
  Optional<SqlError> fetches(String portal, int rowsMax) {
    Link.Held now = session.link().held();
    return now != null && now.isCoordinator() && !portal.isEmpty() && rowsMax > 0
        ? Optional.of(
            because(otherwise, "its rows cannot be fetched in parts", "Fetch without a row limit."))
        : Optional.empty();
  }

  /** What the client is told of an error that the coordinator met; empty for its own words. */
  Optional<SqlError> shown(SqlError error) {
    if (OUTDATED.contains(error.sqlState())) {
      coordinator().suspect();
    }
    if (LACKING.contains(error.sqlState())) {
      return Optional.of(
          because(
              otherwise,
              error.message(),
              "It has the store's tables, not the functions, types and primary keys of the shards. "
                  + otherwise.hint()));
    }
    if (error.sqlState().startsWith("08")) {
      return Optional.of(
          SqlError.error(
              "57P03",
              "the coordinator has lost a shard: " + error.message(),
              "Try again once it is back; other shards are served meanwhile."));
    }
    return Optional.empty();
  }
}

package dev.terrace.sql.twophase;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was decided about transactions over several shards, as rows of the table {@code
 * terrace.decision} on the shard that a transaction's name says.
 *
 * <p>A transaction first writes its row, uncommitted, in its own part on the deciding shard; then
 * the other parts are prepared; then the deciding part commits, and with it the decision; then the
 * prepared parts are committed. So there is a prepared part only where the row was written before:
 * who finds such a part and writes the opposite under the same name waits for the deciding part to
 * end, and learns how it did. No row means that the transaction was rolled back.
 *
 * <p>Blocks; for virtual threads.
 */
public final class DecisionLog {

  /** Where a part was prepared and how it must end. */
  public enum Outcome {
    COMMITTED,
    ROLLED_BACK
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String COLUMNS =
      "name text primary key, committed boolean not null,"
          + " at timestamptz not null default clock_timestamp()";

  private final ServerQueries queries;

  /** Reads and writes through these. */
  public DecisionLog(ServerQueries queries) {
    this.queries = queries;
  }

  /**
   * Sees to the table on a primary.
   *
   * @throws ServerQueryException if it is not there and cannot be made
   */
  public void create(Address primary) throws ServerQueryException {
    queries.create(primary, "decision", COLUMNS, PATIENCE);
  }

  /** The statement by which a transaction writes its decision into its own part. */
  public static String decide(TransactionName name) {
    return "insert into terrace.decision (name, committed) values ('" + name.text() + "', true)";
  }

  /**
   * How a transaction ended, or ends by this: if nothing was decided, it is rolled back.
   *
   * @throws ServerQueryException if the deciding shard cannot say, or the deciding part is still at
   *     work
   */
  public Outcome outcome(TransactionName name, Address decidingPrimary)
      throws ServerQueryException {
    // An error in the midst leaves a transaction open: its connection is closed as not clean.
    String sql =
        "begin; set local lock_timeout = '2s'; insert into terrace.decision (name, committed)"
            + " values ('NAME', false) on conflict do nothing; commit;"
            + " select committed from terrace.decision where name = 'NAME'";
    String committed =
        queries.ask(decidingPrimary, sql.replace("NAME", name.text()), PATIENCE).first();
    return committed.equals("t") ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
  }

  /**
   * The parts prepared by Terrace on a primary.
   *
   * @throws ServerQueryException if it cannot say
   */
  public List<String> prepared(Address primary) throws ServerQueryException {
    return texts(
        primary,
        "select gid from pg_prepared_xacts where database = current_database() and gid like"
            + " 'terrace\\_%'");
  }

  /**
   * Ends a prepared part.
   *
   * @throws ServerQueryException if it could not be ended
   */
  public void end(String gid, Outcome outcome, Address primary) throws ServerQueryException {
    String verb = outcome == Outcome.COMMITTED ? "commit" : "rollback";
    try {
      queries.ask(primary, verb + " prepared '" + gid + "'", PATIENCE);
    } catch (ServerQueryException e) {
      // Another has ended it, by the same decision.
      if (!e.sqlState().equals("42704")) {
        throw e;
      }
    }
  }

  /**
   * The decisions that a primary has kept for so long.
   *
   * @throws ServerQueryException if it cannot say
   */
  public List<String> kept(Address primary, Duration age) throws ServerQueryException {
    return texts(
        primary,
        "select name from terrace.decision where at < clock_timestamp() - interval '"
            + age.toMillis()
            + " milliseconds' limit 10000");
  }

  private List<String> texts(Address primary, String sql) throws ServerQueryException {
    return queries.ask(primary, sql, PATIENCE).rows().stream()
        .map(row -> String.valueOf(row.getFirst()))
        .toList();
  }

  /**
   * Forgets decisions that nobody will ask for any more.
   *
   * @throws ServerQueryException if they could not be forgotten
   */
  public void forget(List<String> names, Address primary) throws ServerQueryException {
    if (!names.isEmpty()) {
      String list = names.stream().map(n -> "'" + n + "'").collect(Collectors.joining(","));
      queries.ask(primary, "delete from terrace.decision where name in (" + list + ")", PATIENCE);
    }
  }
}

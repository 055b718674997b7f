package dev.terrace.sql.ids;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.ids.IdSequence.Lease;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may give out which numbers, as rows of the table {@code terrace.id_lease} on the first shard:
 * a slot is one process's until a moment by the server's clock. A process that is gone leaves its
 * slot to others a while after that moment, so that a promoted replica which has missed the last
 * renewal gives no slot away that is still used.
 *
 * <p>Blocks; for virtual threads.
 */
final class IdLeases {

  /** For how long a slot is taken at a time. */
  static final Duration WINDOW = Duration.ofSeconds(30);

  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int TRIES = 20;

  private static final String COLUMNS =
      "slot smallint primary key, holder uuid not null, until bigint not null";

  private static final String NOW =
      "(extract(epoch from clock_timestamp()) * 1000)::bigint - " + IdSequence.EPOCH_MILLIS;

  private final ServerQueries queries;
  private final LongSupplier nanos;
  private final UUID holder = UUID.randomUUID();

  IdLeases(ServerQueries queries, LongSupplier nanos) {
    this.queries = queries;
    this.nanos = nanos;
  }

  /**
   * Takes a slot, the same as before if it can.
   *
   * @throws ServerQueryException if the primary cannot be asked, or all slots are in use
   */
  Lease take(Address primary, @Nullable Lease before) throws ServerQueryException {
    queries.create(primary, "id_lease", COLUMNS, PATIENCE);
    for (int i = 0; i < TRIES; i++) {
      long started = nanos.getAsLong();
      Optional<Lease> lease = before == null ? Optional.empty() : renewed(primary, before, started);
      lease = lease.isPresent() ? lease : abandoned(primary, started);
      lease = lease.isPresent() ? lease : unused(primary, started);
      if (lease.isPresent()) {
        return lease.get();
      }
    }
    throw new ServerQueryException(
        "53400", "all " + IdSequence.SLOTS + " slots of terrace.id_lease are in use");
  }

  private Optional<Lease> renewed(Address primary, Lease before, long started)
      throws ServerQueryException {
    return ask(
        primary,
        "update terrace.id_lease set until = greatest(until, NOW) + WINDOW where holder = 'HOLDER'"
            + " and slot = "
            + before.slot()
            + " returning slot, greatest(NOW, until - WINDOW), until",
        started);
  }

  private Optional<Lease> abandoned(Address primary, long started) throws ServerQueryException {
    return ask(
        primary,
        "update terrace.id_lease set holder = 'HOLDER', until = NOW + WINDOW where slot = (select"
            + " slot from terrace.id_lease where until < NOW - "
            + GRACE.toMillis()
            + " order by until limit 1 for update skip locked)"
            + " returning slot, NOW, until",
        started);
  }

  private Optional<Lease> unused(Address primary, long started) throws ServerQueryException {
    return ask(
        primary,
        "insert into terrace.id_lease select coalesce(max(slot) + 1, 0), 'HOLDER', NOW + WINDOW"
            + " from terrace.id_lease having count(*) < "
            + IdSequence.SLOTS
            + " on conflict do nothing returning slot, until - WINDOW, until",
        started);
  }

  private Optional<Lease> ask(Address primary, String sql, long started)
      throws ServerQueryException {
    String text =
        sql.replace("NOW", "(" + NOW + ")")
            .replace("WINDOW", Long.toString(WINDOW.toMillis()))
            .replace("HOLDER", holder.toString());
    List<List<@Nullable String>> rows = queries.ask(primary, text, PATIENCE).rows();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    long[] row =
        rows.getFirst().stream().mapToLong(v -> Long.parseLong(String.valueOf(v))).toArray();
    return Optional.of(new Lease((int) row[0], row[1], row[2], started));
  }
}

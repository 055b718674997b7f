package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.auth.Proof;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.server.Owner;
import dev.terrace.sql.server.Question;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a store's database for the password of a user, as the store's own user. */
final class AuthQuery extends Question {

  /** Takes the outcome; called once, on the loop. */
  interface Answer {
    /** So the user proves who it is; empty if there is none of that name, or without password. */
    void known(Optional<Proof> proof);

    /** The database could not be asked. */
    void failed(SqlError error);
  }

  private final ServerPool pool;
  private final String sql;
  private final String user;
  private final Answer answer;
  private @Nullable ServerConnection connection;
  private boolean over;

  private AuthQuery(ServerPool pool, String sql, String user, Answer answer) {
    this.pool = pool;
    this.sql = sql;
    this.user = user;
    this.answer = answer;
  }

  /** Asks a primary that is up. */
  static void ask(Service service, ServerPool pool, String sql, String user, Answer answer) {
    for (int shard = 0; shard < service.members().shards(); shard++) {
      Optional<PoolMember> primary = service.members().primary(shard);
      if (primary.isPresent()) {
        new AuthQuery(pool, sql, user, answer).at(primary.get(), service);
        return;
      }
    }
    answer.failed(
        SqlError.fatal("57P03", "no server is available that knows the users' passwords"));
  }

  private void at(PoolMember primary, Service service) {
    pool.acquire(
        primary.member().address(),
        service.account(),
        Settings.NONE,
        new Owner(),
        new ServerPool.Acquired() {
          @Override
          public void connected(ServerConnection found) {
            send(found);
          }

          @Override
          public void failed(ServerFailure failure) {
            fail(failure.detail());
          }
        });
  }

  private void send(ServerConnection found) {
    connection = found;
    found.use(this);
    ByteBufAllocator alloc = found.channel().alloc();
    if (!found.settings().equals(Settings.NONE)) {
      awaitMore();
      found.sendForReady(Requests.query(alloc, Settings.NONE.sql()));
    }
    found.statements().unnamedIsOther();
    found.send(Requests.parse(alloc, sql));
    found.send(Requests.bindText(alloc, user));
    found.send(Requests.execute(alloc));
    found.sendForReady(Requests.sync());
    found.flush();
  }

  @Override
  protected void answered(List<List<@Nullable String>> rows, Optional<SqlError> failure) {
    ServerConnection used = connection;
    if (used != null) {
      used.settings(Settings.NONE);
      // The query may be a function of the user's own.
      used.suspect();
      pool.release(used);
    }
    end(
        failure.map(e -> SqlError.fatal(e.sqlState(), "auth-query failed: " + e.message())),
        rows.isEmpty() ? Optional.empty() : second(rows.getLast()));
  }

  private static Optional<String> second(List<@Nullable String> row) {
    return row.size() < 2 ? Optional.empty() : Optional.ofNullable(row.get(1));
  }

  @Override
  public void lost(ServerConnection gone) {
    fail("the server was lost");
  }

  private void fail(String why) {
    end(Optional.of(SqlError.fatal("57P03", "auth-query failed: " + why)), Optional.empty());
  }

  private void end(Optional<SqlError> failure, Optional<String> password) {
    if (over) {
      return;
    }
    over = true;
    if (failure.isPresent()) {
      answer.failed(failure.get());
    } else {
      answer.known(password.flatMap(Users::stored));
    }
  }
}

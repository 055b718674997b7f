package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.auth.Proof;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.server.Nobody;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a store's database for the password of a user, as the store's own user. */
final class AuthQuery extends Nobody {

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
  private Optional<String> password = Optional.empty();
  private Optional<SqlError> error = Optional.empty();
  private int readiesLeft;
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
        new ServerPool.Acquired() {
          @Override
          public void connected(ServerConnection found) {
            send(found);
          }

          @Override
          public void failed(ServerFailure failure) {
            end(Optional.of(SqlError.fatal("57P03", "auth-query failed: " + failure.detail())));
          }
        });
  }

  private void send(ServerConnection found) {
    connection = found;
    found.use(this);
    ByteBufAllocator alloc = found.channel().alloc();
    readiesLeft = 1;
    if (!found.settings().equals(Settings.NONE)) {
      readiesLeft++;
      found.sendForReady(Requests.query(alloc, Settings.NONE.sql()));
    }
    found.statements().unnamed(null);
    found.send(Requests.parse(alloc, sql));
    found.send(Requests.bindText(alloc, user));
    found.send(Requests.execute(alloc));
    found.sendForReady(Requests.sync());
    found.flush();
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.DATA_ROW ? Take.COLLECT : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.DATA_ROW -> password = second(body);
      case Backend.ERROR -> error = Optional.of(SqlError.read(body));
      case Backend.READY -> {
        readiesLeft--;
        if (readiesLeft == 0) {
          done();
        }
      }
      default -> {
        // A setting that was reset.
      }
    }
  }

  private static Optional<String> second(ByteBuf row) {
    if (row.readUnsignedShort() < 2) {
      return Optional.empty();
    }
    row.skipBytes(Math.max(0, row.readInt()));
    int length = row.readInt();
    return length < 0
        ? Optional.empty()
        : Optional.of(row.readCharSequence(length, StandardCharsets.UTF_8).toString());
  }

  private void done() {
    ServerConnection used = connection;
    if (used != null) {
      used.settings(Settings.NONE);
      // The query may be a function of the user's own.
      used.suspect();
      pool.release(used);
    }
    end(error.map(e -> SqlError.fatal(e.sqlState(), "auth-query failed: " + e.message())));
  }

  @Override
  public void lost(ServerConnection gone) {
    end(Optional.of(SqlError.fatal("57P03", "auth-query failed: the server was lost")));
  }

  private void end(Optional<SqlError> failure) {
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

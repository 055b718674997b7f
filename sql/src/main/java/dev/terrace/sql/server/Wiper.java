package dev.terrace.sql.server;

import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;

/**
 * Wipes the session state of a connection before it is lent again: settings, temporary tables,
 * advisory locks, prepared statements, cursors, LISTEN; by DISCARD ALL unless told otherwise.
 */
final class Wiper extends Nobody {

  private final ServerPool pool;
  private final ServerConnection connection;
  private boolean failed;

  private Wiper(ServerPool pool, ServerConnection connection) {
    this.pool = pool;
    this.connection = connection;
  }

  static void wipe(ServerConnection connection, ServerPool pool, String reset) {
    connection.use(new Wiper(pool, connection));
    connection.sendForReady(Requests.query(connection.channel().alloc(), reset));
    connection.flush();
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.ERROR) {
      failed = true;
    } else if (type == Backend.READY) {
      if (failed) {
        connection.close();
      } else {
        connection.wiped();
        pool.release(connection);
      }
    }
  }
}

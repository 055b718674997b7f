package dev.terrace.sql.server;

import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;

/**
 * Wipes the session state of a connection before it is lent again: settings, temporary tables,
 * advisory locks, prepared statements, cursors, LISTEN; by DISCARD ALL unless told otherwise.
 */
final class Wiper extends Nobody {

  private final ServerConnection connection;
  private final Runnable then;
  private boolean failed;

  private Wiper(ServerConnection connection, Runnable then) {
    this.connection = connection;
    this.then = then;
  }

  /** Wipes it, then goes on; if that fails, it is closed. */
  static void wipe(ServerConnection connection, String reset, Runnable then) {
    connection.use(new Wiper(connection, then));
    connection.sendForReady(Requests.query(connection.channel().alloc(), reset));
    connection.flush();
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.ERROR) {
      failed = true;
    } else if (type == Backend.READY) {
      connection.unuse();
      if (failed) {
        connection.close();
      } else {
        connection.wiped();
      }
      then.run();
    }
  }

  @Override
  public void lost(ServerConnection lost) {
    then.run();
  }
}

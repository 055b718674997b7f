package dev.terrace.sql.server;

import dev.terrace.sql.wire.ReplyScanner;

/** Whoever has a server connection at the moment, and takes what the server sends. */
public interface ServerUser extends ReplyScanner.Sink {

  /** What was read is passed on; flush what came of it. */
  void readComplete();

  /** The connection is gone; it need not be given back. */
  void lost(ServerConnection connection);

  /** The connection takes more again, or had better not be given more for now. */
  void writabilityChanged(boolean writable);
}

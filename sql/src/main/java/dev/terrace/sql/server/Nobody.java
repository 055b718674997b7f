package dev.terrace.sql.server;

import dev.terrace.sql.wire.ReplyScanner.Take;
import io.netty.buffer.ByteBuf;

/** The user of a connection that no client uses: nothing that comes is passed on. */
public class Nobody implements ServerUser {

  static final ServerUser INSTANCE = new Nobody();

  /** One that drops everything; who extends it says what not. */
  protected Nobody() {}

  @Override
  public Take begin(byte type) {
    return Take.DROP;
  }

  @Override
  public void relay(ByteBuf run) {
    run.release();
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    // A changed setting or an error; the connection has noted it.
  }

  @Override
  public void end(byte type) {
    // Dropped.
  }

  @Override
  public void readComplete() {
    // There is nobody to flush to.
  }

  @Override
  public void lost(ServerConnection connection) {
    // Its pool listens for that.
  }

  @Override
  public void writabilityChanged(boolean writable) {
    // Nobody writes.
  }
}

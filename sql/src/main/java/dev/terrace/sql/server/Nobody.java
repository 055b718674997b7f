package dev.terrace.sql.server;

import dev.terrace.sql.wire.ReplyScanner.Take;
import io.netty.buffer.ByteBuf;

/** The user of a connection that nobody uses: nothing that comes is meant for anybody. */
final class Nobody implements ServerUser {

  static final Nobody INSTANCE = new Nobody();

  private Nobody() {}

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

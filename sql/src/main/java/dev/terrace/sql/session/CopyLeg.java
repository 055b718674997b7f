package dev.terrace.sql.session;

import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One shard's part of COPY data that the client sends. */
final class CopyLeg implements ScatterTask {

  private static final int BATCH = 32 << 10;

  private final CopyInGatherer copy;
  private final ScatterLeg leg;
  private @Nullable ByteBuf batch;
  private boolean open;
  private boolean ended;
  private boolean through;
  private String tag = "";

  CopyLeg(CopyInGatherer copy, ScatterLeg leg) {
    this.copy = copy;
    this.leg = leg;
  }

  /** By a simple query in either protocol, for nothing is bound. */
  void start(String sql) {
    leg.connection().sendForReady(Requests.query(channel().alloc(), sql));
    leg.expect(this);
  }

  private Channel channel() {
    return leg.connection().channel();
  }

  boolean isOpen() {
    return open;
  }

  boolean isThrough() {
    return through;
  }

  boolean takesMore() {
    return leg.isLost() || channel().isWritable();
  }

  String tag() {
    return tag;
  }

  void add(byte[] from, int at, int length) {
    room(length).writeBytes(from, at, length);
  }

  void add(ByteBuf data) {
    room(data.readableBytes()).writeBytes(data);
  }

  private ByteBuf room(int length) {
    ByteBuf now = batch;
    if (now != null && now.readableBytes() + length > BATCH) {
      send();
      now = null;
    }
    if (now == null) {
      now = channel().alloc().buffer(Math.max(length, BATCH));
      batch = now;
    }
    return now;
  }

  private void send() {
    ByteBuf now = batch;
    batch = null;
    if (now == null) {
      return;
    }
    if (ended || leg.isLost()) {
      now.release();
      return;
    }
    leg.connection().sendPlain(Requests.copyHead(channel().alloc(), now.readableBytes()));
    leg.connection().sendPlain(now);
  }

  void flush() {
    send();
    if (!leg.isLost()) {
      leg.connection().flush();
    }
  }

  /** All data are there. */
  void finish() {
    send();
    end(Requests.copyDone());
  }

  /** The client breaks it off with that message. */
  void fail(ByteBuf message) {
    release();
    end(message.retainedDuplicate());
  }

  /** It has failed elsewhere. */
  void breakOff() {
    release();
    if (open) {
      end(Requests.copyFail(channel().alloc(), "another shard's part has failed"));
    }
  }

  private void end(ByteBuf message) {
    if (ended || through || leg.isLost()) {
      message.release();
      return;
    }
    ended = true;
    leg.connection().sendPlain(message);
    leg.connection().flush();
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.COPY_IN || type == Backend.COMMAND_COMPLETE ? Take.COLLECT : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.COPY_IN) {
      open = true;
      copy.opened(body);
    } else {
      tag = Answers.tag(body);
    }
  }

  @Override
  public void done(Optional<SqlError> error) {
    through = true;
    copy.done(error);
  }

  void release() {
    ByteBuf now = batch;
    batch = null;
    if (now != null) {
      now.release();
    }
  }
}

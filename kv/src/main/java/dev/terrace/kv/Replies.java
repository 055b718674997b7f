package dev.terrace.kv;

import dev.terrace.kv.resp.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one connection, sent in the order of their commands even where a later one is
 * ready first.
 */
final class Replies {

  private static final int WAITING_MAX = 256;
  private static final int CHUNK_BYTES = 32 * 1024;
  private static final int BEHIND_BYTES_MAX = 1024 * 1024;

  /** A reply that is waited for, with those after it that need not wait. */
  static final class Slot {
    private @Nullable ByteBuf ready;
    private boolean waited = true;
  }

  private final ChannelHandlerContext context;
  private final Deque<Slot> slots = new ArrayDeque<>();

  /** Replies that come before all slots. */
  private @Nullable ByteBuf out;

  private long behindBytes;
  private boolean abandoned;

  Replies(ChannelHandlerContext context) {
    this.context = context;
  }

  /** The connection's event loop. */
  java.util.concurrent.Executor loop() {
    return context.executor();
  }

  /** Whether nothing is waited for. */
  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** Whether there is room for more. */
  boolean takesMore() {
    if (out != null && out.readableBytes() > CHUNK_BYTES) {
      flush();
    }
    return slots.size() < WAITING_MAX
        && behindBytes < BEHIND_BYTES_MAX
        && context.channel().isWritable();
  }

  /** Where a reply goes that is ready now. */
  ByteBuf buffer() {
    Slot last = slots.peekLast();
    if (last == null) {
      ByteBuf current = out;
      if (current == null) {
        current = context.alloc().buffer(512);
        out = current;
      }
      return current;
    }
    return buffer(last.waited ? newSlot(false) : last);
  }

  private ByteBuf buffer(Slot slot) {
    ByteBuf current = slot.ready;
    if (current == null) {
      current = context.alloc().buffer(256);
      slot.ready = current;
    }
    return current;
  }

  /** A place in the order for a reply that comes later. */
  Slot reserve() {
    return newSlot(true);
  }

  private Slot newSlot(boolean waited) {
    Slot slot = new Slot();
    slot.waited = waited;
    slots.addLast(slot);
    return slot;
  }

  /** Has a reply written, counting what lies behind one that is waited for. */
  void write(ReplyWriter writer, Consumer<ReplyWriter> reply) {
    ByteBuf target = writer.target();
    int before = target.readableBytes();
    reply.accept(writer);
    if (!slots.isEmpty()) {
      behindBytes += target.readableBytes() - before;
    }
  }

  /** The buffer of a reply that was waited for, or null if nobody is there any more. */
  @Nullable ByteBuf arrived(Slot slot) {
    return abandoned ? null : buffer(slot);
  }

  /** The reply is in its buffer: it and those that waited for it can go. */
  void done(Slot slot) {
    slot.waited = false;
    while (!slots.isEmpty() && !slots.peekFirst().waited) {
      Slot first = slots.removeFirst();
      ByteBuf ready = first.ready;
      first.ready = null;
      if (ready != null) {
        behindBytes -= ready.readableBytes();
        sendOut();
        context.write(ready);
      }
    }
  }

  private void sendOut() {
    ByteBuf current = out;
    out = null;
    if (current != null) {
      context.write(current);
    }
  }

  /** Sends what is ready. */
  void flush() {
    sendOut();
    context.flush();
  }

  /** The client is gone. */
  void abandon() {
    abandoned = true;
    if (out != null) {
      out.release();
      out = null;
    }
    for (Slot slot : slots) {
      if (slot.ready != null) {
        slot.ready.release();
        slot.ready = null;
      }
    }
    slots.clear();
  }
}

package dev.terrace.kv;

import dev.terrace.kv.pass.Outlet;
import dev.terrace.kv.resp.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one connection, sent in the order of their commands even where a later one is
 * ready first.
 */
final class Replies implements Outlet {

  private static final int WAITING_MAX = 256;
  private static final int CHUNK_BYTES = 32 * 1024;
  private static final int COPIED_MAX = 2 * 1024;
  private static final int BEHIND_BYTES_MAX = 1024 * 1024;

  /** A reply that is waited for, with those after it that need not wait. */
  static final class Slot implements Place {
    private @Nullable ByteBuf ready;
    private boolean waited = true;
  }

  private final ChannelHandlerContext context;
  private final Deque<Slot> slots = new ArrayDeque<>();

  /** Replies that come before all slots. */
  private @Nullable ByteBuf out;

  private long behindBytes;
  private boolean abandoned;

  /** What goes between replies, while one has begun and not ended. */
  private @Nullable ByteBuf between;

  /** Whether a part of a reply was sent. */
  private boolean within;

  private final Runnable goOn;
  private final LongSupplier unsentMax;

  /**
   * The replies of a connection.
   *
   * @param unsentMax how many bytes the client may leave untaken of what nodes answered
   * @param goOn goes on with the client's commands, and sends what is ready
   */
  Replies(ChannelHandlerContext context, LongSupplier unsentMax, Runnable goOn) {
    this.context = context;
    this.unsentMax = unsentMax;
    this.goOn = goOn;
  }

  /** The connection's event loop. */
  java.util.concurrent.Executor loop() {
    return context.executor();
  }

  /** Whether nothing is waited for. */
  @Override
  public boolean isEmpty() {
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
  @Override
  public Slot reserve() {
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

  @Override
  public boolean isLast(Place place) {
    return slots.peekLast() == place;
  }

  @Override
  public void part(Place place, ByteBuf in, int at, int length, boolean ends) {
    if (abandoned) {
      return;
    }
    Slot slot = (Slot) place;
    if (slots.peekFirst() != slot) {
      buffer(slot).writeBytes(in, at, length);
      behindBytes += length;
    } else {
      leave(slot);
      put(in, at, length);
      within = !ends;
      if (ends && between != null) {
        ByteBuf pushed = between;
        between = null;
        put(pushed, pushed.readerIndex(), pushed.readableBytes());
        pushed.release();
      }
    }
    limit();
  }

  /** What was kept of a slot that is first now goes on. */
  private void leave(Slot slot) {
    ByteBuf kept = slot.ready;
    if (kept != null) {
      slot.ready = null;
      behindBytes -= kept.readableBytes();
      sendOut();
      context.write(kept);
    }
  }

  /** Puts bytes before all slots: copied if they are few. */
  private void put(ByteBuf in, int at, int length) {
    if (length > COPIED_MAX) {
      sendOut();
      context.write(in.retainedSlice(at, length));
      return;
    }
    ByteBuf current = out;
    if (current == null) {
      current = context.alloc().directBuffer(Math.max(512, length));
      out = current;
    }
    current.writeBytes(in, at, length);
  }

  @Override
  public void done(Place place) {
    done((Slot) place);
  }

  @Override
  public void ready(byte[] reply) {
    if (!abandoned) {
      ByteBuf target = buffer();
      target.writeBytes(reply);
      if (!slots.isEmpty()) {
        behindBytes += reply.length;
      }
    }
  }

  @Override
  public void push(ByteBuf in, int at, int length) {
    if (abandoned) {
      return;
    }
    if (!within) {
      put(in, at, length);
      limit();
      return;
    }
    ByteBuf later = between;
    if (later == null) {
      later = context.alloc().buffer(length);
      between = later;
    }
    later.writeBytes(in, at, length);
    limit();
  }

  /** A client that does not take its replies is not kept: others share what they come on. */
  private void limit() {
    ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
    long bytes = behindBytes + (between == null ? 0 : between.readableBytes());
    if (unsent != null && bytes + unsent.totalPendingWriteBytes() > unsentMax.getAsLong()) {
      cut();
    }
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }

  @Override
  public void goOn() {
    if (!abandoned) {
      goOn.run();
    }
  }

  @Override
  public void cut() {
    context.close();
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
    if (between != null) {
      between.release();
      between = null;
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

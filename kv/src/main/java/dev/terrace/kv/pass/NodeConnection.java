package dev.terrace.kv.pass;

import dev.terrace.net.Outgoing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a node. Requests go out in the order in which they are sent, and the replies
 * are handed to who awaits them as their bytes come. What nobody awaits (messages of channels,
 * invalidations) goes to the connection's listener; a shared connection has none. On the loop only.
 */
final class NodeConnection extends ChannelInboundHandlerAdapter {

  /** Takes what was not asked for, a whole frame. */
  interface Listener {
    void heard(NodeConnection from, ByteBuf frame);

    /** Nothing more comes. */
    void lost(NodeConnection from, String error);
  }

  /** Bytes that are kept for a connection that is not open yet. */
  private static final int EARLY_MAX = 1 << 20;

  private final NodeLinks links;
  private boolean version3;
  private final Deque<Awaiting> queue = new ArrayDeque<>();
  private final ReplyScanner scanner = new ReplyScanner();
  private @Nullable Outgoing outgoing;

  /** What is sent as soon as it is connected. */
  private @Nullable ByteBuf early;

  private @Nullable Channel channel;
  private @Nullable Listener listener;
  private @Nullable ByteBuf aside;
  private @Nullable String lost;
  private final List<Passage> held = new ArrayList<>();
  private boolean dirty;
  private long activeNanos;
  private int waiting;
  private long idleSinceNanos;
  private long nodeId;

  NodeConnection(NodeLinks links, boolean version3) {
    this.links = links;
    this.version3 = version3;
    this.activeNanos = System.nanoTime();
  }

  NodeLinks links() {
    return links;
  }

  LoopNodes home() {
    return links.home();
  }

  boolean version3() {
    return version3;
  }

  /** Has it speak that version of the protocol. */
  void speak(long version, Runnable refused) {
    version3 = version == 3;
    await(Awaiting.ignored(error -> refused.run()));
    send(Requests.of("HELLO", Long.toString(version)));
  }

  void listener(@Nullable Listener heard) {
    listener = heard;
  }

  /** Whether one client has it for itself. */
  boolean isOwned() {
    return listener != null;
  }

  /** Whether it is of no more use. */
  boolean isLost() {
    return lost != null;
  }

  /** Why, if it is. */
  @Nullable String lossReason() {
    return lost;
  }

  /** Whether it owes nothing. */
  boolean isQuiet() {
    return queue.isEmpty() && !scanner.within();
  }

  /** What the node calls it; 0 if that is not known. */
  long nodeId() {
    return nodeId;
  }

  void nodeId(long id) {
    nodeId = id;
  }

  /** Whether it owes a reply that depends on other clients. */
  boolean isPatient() {
    return queue.stream().anyMatch(awaiting -> awaiting.patient);
  }

  int waiting() {
    return waiting;
  }

  void idleSince(long nanos) {
    idleSinceNanos = nanos;
  }

  long idleSince() {
    return idleSinceNanos;
  }

  /** The last of those who await, if any. */
  @Nullable Awaiting last() {
    return queue.peekLast();
  }

  /** One reply more for the last of those who await. */
  void awaitOneMore(Awaiting last) {
    last.left++;
    waiting++;
  }

  /** The replies to what is sent next. */
  void await(Awaiting awaiting) {
    String reason = lost;
    if (reason != null) {
      awaiting.failed(reason);
      return;
    }
    if (queue.isEmpty()) {
      activeNanos = home().nowNanos();
    }
    queue.addLast(awaiting);
    waiting += awaiting.left;
  }

  /** Sends a part of a buffer that stays the caller's. */
  void send(ByteBuf from, int at, int length) {
    if (lost != null) {
      return;
    }
    Outgoing out = outgoing;
    if (out == null) {
      ByteBuf held = early;
      if (held == null) {
        held = Unpooled.buffer(length);
        early = held;
      }
      held.writeBytes(from, at, length);
      return;
    }
    out.write(from, at, length);
    if (!dirty) {
      dirty = true;
      home().dirty(this);
    }
  }

  void send(byte[] request) {
    ByteBuf wrapped = Unpooled.wrappedBuffer(request);
    send(wrapped, 0, request.length);
  }

  /** Whether it takes more: the node may be slow to take what it is sent. */
  boolean takesMore() {
    Channel now = channel;
    if (lost != null) {
      return true;
    }
    return now == null ? early == null || early.readableBytes() < EARLY_MAX : now.isWritable();
  }

  /** Goes on with that client when it takes more. */
  void hold(Passage passage) {
    held.add(passage);
  }

  private void wake() {
    held.forEach(home()::touched);
    held.clear();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      wake();
    }
    context.fireChannelWritabilityChanged();
  }

  void flush() {
    dirty = false;
    Outgoing out = outgoing;
    if (out != null && lost == null) {
      out.flush();
    }
  }

  /** It is connected: what opens it goes first, then what was sent meanwhile. */
  void connected(Channel connected, byte[] opening) {
    channel = connected;
    outgoing = new Outgoing(connected);
    ByteBuf held = early;
    early = null;
    if (opening.length > 0) {
      send(opening);
    }
    if (held != null) {
      send(held, held.readerIndex(), held.readableBytes());
      held.release();
    }
    flush();
    wake();
  }

  /** Stops reading, or goes on. */
  void reading(boolean on) {
    if (channel != null) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    activeNanos = home().nowNanos();
    try {
      int at = in.readerIndex();
      int to = in.writerIndex();
      while (at < to && lost == null) {
        at = take(in, at, to);
      }
    } finally {
      in.release();
    }
  }

  /** Takes the bytes of one reply, or of several that go to the same place. */
  private int take(ByteBuf in, int from, int to) {
    Awaiting head = queue.peekFirst();
    if (head == null
        || aside != null
        || (version3 && !scanner.within() && in.getByte(from) == '>')) {
      return unasked(in, from, to);
    }
    int at = from;
    while (true) {
      int end = scanner.end(in, at, to);
      boolean pushed = end > 0 && end < to && version3 && in.getByte(end) == '>';
      if (end > 0 && end < to && !pushed && head.left > 1) {
        head.left--;
        waiting--;
        at = end;
        continue;
      }
      if (scanner.garbage()) {
        lose(links.node().text() + " answered what is not Redis's protocol");
        return to;
      }
      int stop = end < 0 ? to : end;
      head.part(in, from, stop - from, end > 0);
      if (end > 0) {
        waiting--;
        if (--head.left == 0) {
          queue.removeFirst();
          head.end();
        }
      }
      return stop;
    }
  }

  private int unasked(ByteBuf in, int from, int to) {
    int end = scanner.end(in, from, to);
    if (scanner.garbage() || (listener == null && scanner.first() != '>')) {
      lose(links.node().text() + " sent what nobody asked for");
      return to;
    }
    int stop = end < 0 ? to : end;
    ByteBuf frame = aside;
    if (frame == null) {
      frame = in.alloc().buffer(stop - from);
      aside = frame;
    }
    frame.writeBytes(in, from, stop - from);
    if (end > 0) {
      aside = null;
      try {
        Listener hears = listener;
        if (hears != null) {
          hears.heard(this, frame);
        }
      } finally {
        frame.release();
      }
    }
    return stop;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    home().goOnTouched();
    context.fireChannelReadComplete();
  }

  /** Looks whether its reply has taken too long. */
  void check(long nowNanos, long timeoutNanos) {
    Awaiting head = queue.peekFirst();
    if (head != null && !head.patient && nowNanos - activeNanos > timeoutNanos) {
      lose(
          links.node().text()
              + " did not answer within "
              + timeoutNanos / 1_000_000
              + "ms (kv.store-timeout): the command may have been done");
      home().goOnTouched();
    }
  }

  /** Ends it: nobody gets an answer any more. */
  void close() {
    lose(links.node().text() + ": the connection was closed");
  }

  /** Nothing more comes, for this reason. */
  void lose(String reason) {
    if (lost != null) {
      return;
    }
    String error = "ERR " + reason;
    lost = error;
    links.gone(this);
    if (early != null) {
      early.release();
      early = null;
    }
    if (aside != null) {
      aside.release();
      aside = null;
    }
    if (outgoing != null) {
      outgoing.close();
    }
    if (channel != null) {
      channel.close();
    }
    waiting = 0;
    wake();
    for (Awaiting awaiting = queue.pollFirst(); awaiting != null; awaiting = queue.pollFirst()) {
      awaiting.failed(error);
    }
    Listener hears = listener;
    if (hears != null) {
      hears.lost(this, error);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    lose("the connection to " + links.node().text() + " was lost: the command may have been done");
    home().goOnTouched();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    lose(
        "the connection to "
            + links.node().text()
            + " broke: "
            + cause.getMessage()
            + "; the command may have been done");
    home().goOnTouched();
  }

  /** Has the node end what this connection waits for; the answer is a reply. */
  void unblock(String how, Consumer<String> answer) {
    NodeConnection by = links.shared(false);
    by.await(
        new WholeReply(
            reply -> answer.accept(":" + Elements.number(reply, reply.readerIndex()) + "\r\n"),
            error -> answer.accept("-" + error + "\r\n")));
    by.send(Requests.of("CLIENT", "UNBLOCK", Long.toString(nodeId()), how));
  }
}

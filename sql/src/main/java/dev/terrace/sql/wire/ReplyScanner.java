package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Follows what a server sends by message headers alone. What is to be relayed comes out as slices
 * as long as possible, each of whole messages, so that an error can be told between any two slices;
 * only messages beyond {@link #HELD_MAX} come out in parts.
 */
public final class ReplyScanner implements AutoCloseable {

  /** What becomes of a message. */
  public enum Take {
    /** Its bytes go on as they are. */
    RELAY,
    /** It is forgotten. */
    DROP,
    /** Its body is wanted. */
    COLLECT
  }

  /** Takes what the scanner finds, in the order of the bytes. */
  public interface Sink {
    /** A message starts. */
    Take begin(byte type);

    /** Bytes to relay; the sink owns them. */
    void relay(ByteBuf run);

    /** Bytes to relay, a part of what the scanner owns. */
    default void relay(ByteBuf from, int at, int length) {
      relay(from.retainedSlice(at, length));
    }

    /** The body of a CommandComplete that is relayed; its end comes next. */
    default void tag(ByteBuf from, int at, int length) {
      // Few care.
    }

    /** A message's body, borrowed; whatever came before has been relayed. */
    void collected(byte type, ByteBuf body);

    /**
     * A relayed or dropped message is over; its bytes are perhaps not relayed yet, see {@link
     * #cut}.
     */
    void end(byte type);
  }

  /** Messages up to this size are relayed whole. */
  public static final int HELD_MAX = 64 << 10;

  private static final int COLLECTED_MAX = 16 << 20;
  private static final int HEADER = 5;

  private final ByteBufAllocator alloc;
  private final Sink sink;

  /** The start of one message whose rest has not come yet. */
  private @Nullable ByteBuf carry;

  private Take take = Take.DROP;
  private boolean begun;
  private byte type;
  private int length;

  /** What is still to come of a message that is taken in parts. */
  private int remaining;

  /** The chunk being scanned, and where in it the run to relay starts. */
  private @Nullable ByteBuf chunk;

  private int runStart;

  /** A scanner at the start of a message. */
  public ReplyScanner(ByteBufAllocator alloc, Sink sink) {
    this.alloc = alloc;
    this.sink = sink;
  }

  /** Whether everything so far was whole messages. */
  public boolean atBoundary() {
    return carry == null && remaining == 0;
  }

  /** Whether a part of a message has been relayed and the rest has not come. */
  public boolean midRelay() {
    return remaining > 0 && take == Take.RELAY;
  }

  /**
   * Scans more bytes and takes them over.
   *
   * @throws ProtocolViolation if there cannot be a message here
   */
  public void feed(ByteBuf bytes) throws ProtocolViolation {
    chunk = bytes;
    runStart = bytes.readerIndex();
    try {
      while (bytes.isReadable()) {
        if (remaining > 0) {
          pass(bytes);
        } else if (carry != null) {
          fill(bytes, carry);
        } else if (!scan(bytes)) {
          keep(bytes);
        }
      }
      cut();
    } finally {
      chunk = null;
      bytes.release();
    }
  }

  /** Relays what is to be relayed up to here; for a sink that wants to write in between. */
  public void cut() {
    ByteBuf from = chunk;
    if (from != null) {
      int end = from.readerIndex();
      if (end > runStart) {
        sink.relay(from, runStart, end - runStart);
      }
      runStart = end;
    }
  }

  /** One whole message, or the start of one that is taken in parts; false if more must come. */
  private boolean scan(ByteBuf bytes) throws ProtocolViolation {
    if (bytes.readableBytes() < HEADER) {
      return false;
    }
    begin(bytes, bytes.readerIndex());
    if (bytes.readableBytes() >= HEADER + length) {
      whole(bytes);
      return true;
    }
    if (length <= HELD_MAX || take == Take.COLLECT) {
      return false;
    }
    remaining = HEADER + length;
    return true;
  }

  private void begin(ByteBuf bytes, int at) throws ProtocolViolation {
    if (begun) {
      return;
    }
    type = bytes.getByte(at);
    length = bytes.getInt(at + 1) - 4;
    boolean sane = length >= 0 && type >= '1' && type <= 'z';
    if (!sane) {
      throw new ProtocolViolation("the server sent no valid message header");
    }
    take = sink.begin(type);
    begun = true;
    if (take == Take.COLLECT && length > COLLECTED_MAX) {
      throw new ProtocolViolation("the server sent a message of " + length + " bytes");
    }
  }

  private void whole(ByteBuf bytes) {
    begun = false;
    switch (take) {
      case RELAY -> {
        tag(bytes, bytes.readerIndex() + HEADER);
        bytes.skipBytes(HEADER + length);
        sink.end(type);
      }
      case DROP -> {
        cut();
        bytes.skipBytes(HEADER + length);
        runStart = bytes.readerIndex();
        sink.end(type);
      }
      case COLLECT -> {
        cut();
        ByteBuf body = bytes.slice(bytes.readerIndex() + HEADER, length);
        bytes.skipBytes(HEADER + length);
        runStart = bytes.readerIndex();
        sink.collected(type, body);
      }
    }
  }

  /** A part of a long message. */
  private void pass(ByteBuf bytes) {
    int part = Math.min(remaining, bytes.readableBytes());
    if (take == Take.DROP) {
      cut();
      bytes.skipBytes(part);
      runStart = bytes.readerIndex();
    } else {
      bytes.skipBytes(part);
    }
    remaining -= part;
    if (remaining == 0) {
      begun = false;
      sink.end(type);
    }
  }

  /** Keeps the start of a message until the rest comes. */
  private void keep(ByteBuf bytes) {
    cut();
    ByteBuf kept = alloc.buffer(begun ? HEADER + length : HEADER);
    kept.writeBytes(bytes);
    runStart = bytes.readerIndex();
    carry = kept;
  }

  /** Adds to the kept start of a message just what belongs to it. */
  private void fill(ByteBuf bytes, ByteBuf kept) throws ProtocolViolation {
    int wanted = (begun ? HEADER + length : HEADER) - kept.readableBytes();
    kept.writeBytes(bytes, Math.min(wanted, bytes.readableBytes()));
    runStart = bytes.readerIndex();
    if (kept.readableBytes() < HEADER) {
      return;
    }
    begin(kept, 0);
    if (length > HELD_MAX && take != Take.COLLECT) {
      carry = null;
      remaining = HEADER + length - kept.readableBytes();
      if (take == Take.RELAY) {
        sink.relay(kept);
      } else {
        kept.release();
      }
    } else if (kept.readableBytes() == HEADER + length) {
      carry = null;
      finish(kept);
    }
  }

  private void finish(ByteBuf kept) {
    begun = false;
    if (take == Take.COLLECT) {
      try {
        sink.collected(type, kept.skipBytes(HEADER));
      } finally {
        kept.release();
      }
      return;
    }
    tag(kept, kept.readerIndex() + HEADER);
    if (take == Take.RELAY) {
      sink.relay(kept);
    } else {
      kept.release();
    }
    sink.end(type);
  }

  private void tag(ByteBuf from, int at) {
    if (type == Backend.COMMAND_COMPLETE) {
      sink.tag(from, at, length);
    }
  }

  /** Lets go of what is kept. */
  @Override
  public void close() {
    if (carry != null) {
      carry.release();
      carry = null;
    }
  }
}

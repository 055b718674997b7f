package dev.terrace.sql.cache;

import dev.terrace.sql.wire.Backend;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * An answer on its way to a client, of which a copy is made to be kept. For the client's event
 * loop.
 */
public final class Recording {

  private static final int HEADER = 5;

  private final StoreCache cache;
  private final RequestKey key;
  private final Versions.Seen seen;
  private final long untilNanos;
  private final Fill fill;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream(256);
  private int reserved;
  private boolean over;

  Recording(StoreCache cache, RequestKey key, Versions.Seen seen, long untilNanos) {
    this.cache = cache;
    this.key = key;
    this.seen = seen;
    this.untilNanos = untilNanos;
    this.fill = new Fill(seen);
  }

  /** What others may wait for. */
  Fill fill() {
    return fill;
  }

  /** The client takes its time: nobody else is to wait for that. */
  public void letGo() {
    cache.ends(key, fill);
  }

  /** Bytes of the answer go to the client. */
  public void add(ByteBuf from, int at, int length) {
    if (over) {
      return;
    }
    boolean fits =
        copy.size() + length <= cache.results().config().maxResult().bytes()
            && cache.results().reserve(length);
    if (!fits) {
      abandon(NotKept.SIZE);
      return;
    }
    reserved += length;
    byte[] bytes = new byte[length];
    from.getBytes(at, bytes);
    copy.write(bytes, 0, length);
  }

  /** The answer is with the client, up to its CommandComplete. */
  public void complete() {
    if (over) {
      return;
    }
    byte[] answer = copy.toByteArray();
    int tagAt = tagAt(answer);
    if (tagAt < 0) {
      abandon(NotKept.ANSWER);
    } else if (!seen.isCurrent()) {
      abandon(NotKept.WRITTEN);
    } else {
      // In this order: who has waited for it finds it.
      cache.results().keep(key, new Kept(answer, tagAt, seen, untilNanos, cache.counts()));
      close();
    }
  }

  /** It is not kept. */
  public void abandon(NotKept why) {
    if (!over) {
      close();
      cache.counts().notKept(why);
    }
  }

  private void close() {
    over = true;
    copy.reset();
    cache.results().giveBack(reserved);
    reserved = 0;
    letGo();
  }

  /** Where the CommandComplete begins, -1 if there is anything but rows before it. */
  private int tagAt(byte[] answer) {
    ByteBuffer in = ByteBuffer.wrap(answer);
    boolean described = key.form() != RequestKey.Form.BARE;
    for (int at = 0; at + HEADER <= answer.length; ) {
      byte type = answer[at];
      int size = 1 + in.getInt(at + 1);
      boolean last = at + size == answer.length;
      boolean expected =
          (at == 0 && described)
              ? type == Backend.ROW_DESCRIPTION
              : type == (last ? Backend.COMMAND_COMPLETE : Backend.DATA_ROW);
      if (!expected || size < HEADER) {
        return -1;
      }
      if (last) {
        return at;
      }
      at += size;
    }
    return -1;
  }
}

package dev.terrace.kv.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes replies into a buffer, in the version of RESP that the client speaks. */
public final class ReplyWriter {

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] OK = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NIL_2 = "$-1\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NIL_3 = "_\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ByteBuf out;
  private final boolean version3;
  private boolean failed;

  /** A writer to that buffer. */
  public ReplyWriter(ByteBuf out, boolean version3) {
    this.out = out;
    this.version3 = version3;
  }

  /** The buffer that is written to. */
  public ByteBuf target() {
    return out;
  }

  /** Whether the client speaks RESP3. */
  public boolean version3() {
    return version3;
  }

  /** A writer to the same buffer in that version. */
  public ReplyWriter of(boolean newVersion3) {
    return newVersion3 == version3 ? this : new ReplyWriter(out, newVersion3);
  }

  /** Whether what was written is an error. */
  public boolean failed() {
    return failed;
  }

  /** OK. */
  public void ok() {
    out.writeBytes(OK);
  }

  /** A short text without line breaks. */
  public void simple(String text) {
    out.writeByte('+');
    ByteBufUtil.writeAscii(out, text);
    out.writeBytes(CRLF);
  }

  /** An error; its first word is the code: ERR, WRONGTYPE. */
  public void error(String message) {
    failed = true;
    out.writeByte('-');
    ByteBufUtil.writeUtf8(out, message.replace('\r', ' ').replace('\n', ' '));
    out.writeBytes(CRLF);
  }

  /** A whole number. */
  public void number(long value) {
    line(':', value);
  }

  /** Any bytes. */
  public void bulk(byte[] bytes) {
    line('$', bytes.length);
    out.writeBytes(bytes).writeBytes(CRLF);
  }

  /** A text of any length. */
  public void bulk(String text) {
    bulk(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Any bytes, or nil for null. */
  public void bulkOrNil(byte @Nullable [] bytes) {
    if (bytes == null) {
      nil();
    } else {
      bulk(bytes);
    }
  }

  /** No value. */
  public void nil() {
    out.writeBytes(version3 ? NIL_3 : NIL_2);
  }

  /** No array, which RESP2 tells from no value. */
  public void nilArray() {
    if (version3) {
      out.writeBytes(NIL_3);
    } else {
      line('*', -1);
    }
  }

  /** An array; its elements follow. */
  public void array(int size) {
    line('*', size);
  }

  /** A map; its keys and values follow in turn. RESP2 knows only flat arrays. */
  public void map(int size) {
    if (version3) {
      line('%', size);
    } else {
      line('*', 2L * size);
    }
  }

  /** Something that no command asked for; its elements follow. RESP2 knows only arrays. */
  public void push(int size) {
    line(version3 ? '>' : '*', size);
  }

  /** A number with a fraction. */
  public void real(double value) {
    String text =
        value == Math.rint(value) && Math.abs(value) < 1e17
            ? Long.toString((long) value)
            : Double.toString(value);
    if (version3) {
      out.writeByte(',');
      ByteBufUtil.writeAscii(out, text);
      out.writeBytes(CRLF);
    } else {
      bulk(text);
    }
  }

  /** A set; its elements follow. */
  public void set(int size) {
    line(version3 ? '~' : '*', size);
  }

  /** Text for people, of several lines. */
  public void verbatim(String text) {
    if (!version3) {
      bulk(text);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    line('=', bytes.length + 4L);
    ByteBufUtil.writeAscii(out, "txt:");
    out.writeBytes(bytes).writeBytes(CRLF);
  }

  /** Bytes that are replies already. */
  public void encoded(byte[] bytes, int start, int end) {
    out.writeBytes(bytes, start, end - start);
  }

  private void line(char kind, long value) {
    out.writeByte(kind);
    if (value >= 0 && value < 10) {
      out.writeByte('0' + (int) value);
    } else {
      ByteBufUtil.writeAscii(out, Long.toString(value));
    }
    out.writeBytes(CRLF);
  }
}

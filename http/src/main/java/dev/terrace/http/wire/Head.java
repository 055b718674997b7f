package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message (RFC 9112, sections 2 to 5), read as it arrives: its bytes, copied so
 * that they outlive the buffers they came in, and where its lines, names and values are in them.
 * One object serves one connection, message after message, so that reading allocates nothing.
 *
 * <p>Lines are judged in order and each as soon as it is complete, so the verdict is the same
 * however the bytes were split. Lines end in CR LF and nothing else.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {

  /** How far reading has come. */
  public enum Verdict {
    INCOMPLETE,
    COMPLETE,
    BAD
  }

  static final int FIELDS_MAX = 256;
  private static final int COPY_AT_ONCE = 2048;
  private static final int KEPT_BETWEEN_MESSAGES = 8192;

  /** Positions per field: line start, name end, value start, value end. */
  private static final int SPAN = 4;

  private final ConnectionOptions connection = new ConnectionOptions();
  byte[] bytes = new byte[1024];
  boolean version11;
  boolean chunked;

  long contentLength = -1;

  private final int maxBytes;
  private int size;
  private int lineStart;
  private int scanned;
  private boolean started;
  private int end;
  private int fields;
  private int[] spans = new int[32 * SPAN];
  private FieldName[] names = new FieldName[32];
  private Fault fault = Fault.NONE;

  Head(int maxBytes) {
    this.maxBytes = maxBytes;
    Arrays.fill(names, FieldName.OTHER);
  }

  /** Forgets the message, to read the next. */
  public void reset() {
    if (bytes.length > KEPT_BETWEEN_MESSAGES) {
      bytes = new byte[1024];
    }
    size = 0;
    lineStart = 0;
    scanned = 0;
    started = false;
    end = 0;
    fields = 0;
    fault = Fault.NONE;
    connection.reset();
    contentLength = -1;
    chunked = false;
  }

  /** Takes what belongs to the head from the buffer, and leaves what follows it. */
  public final Verdict feed(ByteBuf in) {
    while (true) {
      int before = size;
      int count = Math.min(in.readableBytes(), Math.min(COPY_AT_ONCE, maxBytes - size));
      if (size + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
      }
      in.getBytes(in.readerIndex(), bytes, size, count);
      size += count;
      Verdict verdict = scan();
      if (verdict == Verdict.COMPLETE) {
        in.skipBytes(end - before);
        size = end;
        return verdict;
      }
      in.skipBytes(count);
      if (verdict == Verdict.BAD || !in.isReadable()) {
        return verdict;
      }
    }
  }

  /** Whether any byte of the message has come. */
  public final boolean hasBegun() {
    return size > 0;
  }

  private Verdict scan() {
    while (true) {
      int stop = Ascii.nextControl(bytes, scanned, size);
      if (stop == size || (bytes[stop] == '\r' && stop + 1 == size)) {
        scanned = stop;
        return size >= maxBytes ? bad(tooLarge(started)) : Verdict.INCOMPLETE;
      }
      byte found = bytes[stop];
      if (found == '\t') {
        scanned = stop + 1;
        continue;
      }
      if (found != '\r' || bytes[stop + 1] != '\n') {
        return bad(
            found == '\r'
                ? Fault.BARE_CR
                : found == '\n' ? Fault.BARE_LF : Fault.CONTROL_CHARACTER);
      }
      boolean empty = stop == lineStart;
      int line = lineStart;
      lineStart = stop + 2;
      scanned = lineStart;
      if (empty && started) {
        end = lineStart;
        Fault last = finish();
        return last == Fault.NONE ? Verdict.COMPLETE : bad(last);
      }
      Fault wrong = line(line, stop, empty);
      if (wrong != Fault.NONE) {
        return bad(wrong);
      }
    }
  }

  private Fault line(int from, int to, boolean empty) {
    if (started) {
      return field(from, to);
    }
    if (empty && from == 0) {
      return beforeStart();
    }
    started = true;
    return startLine(from, to);
  }

  private Fault field(int from, int to) {
    int nameEnd = Ascii.tokenEnd(bytes, from, to);
    if (nameEnd == to || nameEnd == from || bytes[nameEnd] != ':') {
      return badName(from, nameEnd, to);
    }
    int valueStart = nameEnd + 1;
    while (valueStart < to && isBlank(bytes[valueStart])) {
      valueStart++;
    }
    int valueEnd = to;
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    if (fields == FIELDS_MAX) {
      return Fault.TOO_MANY_FIELDS;
    }
    if (fields == names.length) {
      names = Arrays.copyOf(names, 2 * fields);
      spans = Arrays.copyOf(spans, 2 * fields * SPAN);
    }
    FieldName name = FieldName.of(bytes, from, nameEnd);
    names[fields] = name;
    int at = fields * SPAN;
    spans[at] = from;
    spans[at + 1] = nameEnd;
    spans[at + 2] = valueStart;
    spans[at + 3] = valueEnd;
    fields++;
    return name == FieldName.OTHER ? Fault.NONE : knownField(name, valueStart, valueEnd);
  }

  private Fault knownField(FieldName name, int from, int to) {
    return switch (name) {
      case CONTENT_LENGTH -> {
        if (contentLength >= 0) {
          yield Fault.REPEATED_CONTENT_LENGTH;
        }
        contentLength = Ascii.number(bytes, from, to);
        yield contentLength < 0 ? Fault.BAD_CONTENT_LENGTH : Fault.NONE;
      }
      case TRANSFER_ENCODING -> {
        boolean first = !chunked;
        chunked = true;
        yield first && Ascii.sameIgnoringCase(bytes, from, to, "chunked")
            ? Fault.NONE
            : Fault.UNKNOWN_CODING;
      }
      case CONNECTION -> {
        connection.read(bytes, from, to);
        yield Fault.NONE;
      }
      default -> ownField(name, from, to);
    };
  }

  /** Judges the head as a whole (RFC 9112, section 6.3). */
  private Fault finish() {
    if (chunked && contentLength >= 0) {
      return Fault.LENGTH_AND_CODING;
    }
    if (chunked && !version11) {
      return Fault.CODING_IN_OLD_VERSION;
    }
    Fault own = ownFinish();
    if (own != Fault.NONE) {
      return own;
    }
    return connection.markNamed(this) ? Fault.NONE : Fault.BAD_CONNECTION;
  }

  private Fault badName(int from, int nameEnd, int to) {
    if (isBlank(bytes[from])) {
      return Fault.FOLDED_LINE;
    }
    boolean spaced = nameEnd < to && nameEnd > from && isBlank(bytes[nameEnd]);
    return spaced ? Fault.SPACE_BEFORE_COLON : Fault.BAD_FIELD_NAME;
  }

  private Verdict bad(Fault wrong) {
    fault = wrong;
    return Verdict.BAD;
  }

  /** An empty line came before the first. */
  abstract Fault beforeStart();

  abstract Fault startLine(int from, int to);

  /** Takes a header that only this kind of message has a use for. */
  abstract Fault ownField(FieldName name, int valueStart, int valueEnd);

  /** Judges what only this kind of message has. */
  abstract Fault ownFinish();

  abstract Fault tooLarge(boolean startLineIsComplete);

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** The length that Content-Length gives, -1 without one. */
  public final long contentLength() {
    return contentLength;
  }

  /** Whether the sender lets the connection be used again. */
  public final boolean keepsAlive() {
    return !connection.close() && (version11 || connection.keepAlive());
  }

  /** Whether the Connection header names that field, which is in lower case. */
  final boolean connectionNames(CharSequence field) {
    return connection.names(this, field.toString());
  }

  /** Whether the Connection header says upgrade. */
  final boolean connectionUpgrades() {
    return connection.upgrade();
  }

  /** What was wrong, after {@link Verdict#BAD}. */
  public final Fault fault() {
    return fault;
  }

  /** The number of header lines. */
  public final int fields() {
    return fields;
  }

  /** The name of a header line. */
  public final FieldName name(int field) {
    return names[field];
  }

  final void rename(int field, FieldName name) {
    names[field] = name;
  }

  /** Where a header line begins. */
  public final int lineStart(int field) {
    return spans[field * SPAN];
  }

  final int nameEnd(int field) {
    return spans[field * SPAN + 1];
  }

  /** Where a header's value begins, after blanks. */
  public final int valueStart(int field) {
    return spans[field * SPAN + 2];
  }

  /** Where a header's value ends, before blanks. */
  public final int valueEnd(int field) {
    return spans[field * SPAN + 3];
  }

  /** Where the line after a header line begins. */
  public final int lineEnd(int field) {
    return field + 1 < fields ? lineStart(field + 1) : end - 2;
  }

  /** The head's bytes; positions of this type count in them. */
  public final byte[] bytes() {
    return bytes;
  }

  /** The length of the head, with the empty line. */
  public final int length() {
    return end;
  }

  /**
   * The value of the header of that name, or null. Where it is repeated the values are joined by
   * comma, which is what repeating means (RFC 9110, section 5.3): nothing hides behind the first.
   */
  public final @Nullable String value(String name) {
    String joined = null;
    for (int i = 0; i < fields; i++) {
      if (isNamed(i, name)) {
        String value = text(valueStart(i), valueEnd(i));
        joined = joined == null ? value : joined + ", " + value;
      }
    }
    return joined;
  }

  /** Whether a header line has that name, in whatever case. */
  public final boolean isNamed(int field, String name) {
    int from = lineStart(field);
    return nameEnd(field) - from == name.length() && nameIs(from, name);
  }

  /** Has the lines of that name go no further. */
  public final void drop(String name) {
    for (int i = 0; i < fields; i++) {
      if (isNamed(i, name)) {
        names[i] = FieldName.NAMED_BY_CONNECTION;
      }
    }
  }

  /** The first header line of that name, or -1. */
  public final int find(String name) {
    for (int i = 0; i < fields; i++) {
      if (isNamed(i, name)) {
        return i;
      }
    }
    return -1;
  }

  private boolean nameIs(int from, String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Ascii.lower(bytes[from + i]) != (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)) {
        return false;
      }
    }
    return true;
  }

  final String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}

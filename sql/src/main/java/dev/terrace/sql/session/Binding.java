package dev.terrace.sql.session;

import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;

/**
 * What a Bind message binds: parameters and the formats of results. Other statements can be bound
 * with the same parameters and more.
 */
final class Binding {

  /** Nothing bound, results as text: a simple query. */
  static final Binding NONE = new Binding(Unpooled.EMPTY_BUFFER, 0, 0, 0, 0, new short[0]);

  private final ByteBuf bound;
  private final int formatsAt;
  private final int formats;
  private final int valuesAt;
  private final int count;
  private final short[] results;
  private final int valuesEnd;

  private Binding(
      ByteBuf bound, int formats, int valuesAt, int count, int valuesEnd, short[] results) {
    this.bound = bound;
    this.formatsAt = bound.readerIndex() + 2;
    this.formats = formats;
    this.valuesAt = valuesAt;
    this.count = count;
    this.valuesEnd = valuesEnd;
    this.results = results;
  }

  /**
   * Reads what follows the statement's name in a Bind message, which stays as it is.
   *
   * @throws ProtocolViolation if it is malformed
   */
  static Binding read(ByteBuf bound) throws ProtocolViolation {
    try {
      ByteBuf in = bound.duplicate();
      int formats = in.readUnsignedShort();
      in.skipBytes(2 * formats);
      int count = in.readUnsignedShort();
      int valuesAt = in.readerIndex();
      for (int i = 0; i < count; i++) {
        in.skipBytes(Math.max(0, in.readInt()));
      }
      int valuesEnd = in.readerIndex();
      short[] results = new short[in.readUnsignedShort()];
      for (int i = 0; i < results.length; i++) {
        results[i] = in.readShort();
      }
      if (formats > 1 && formats != count) {
        throw new ProtocolViolation("malformed Bind message");
      }
      return new Binding(bound, formats, valuesAt, count, valuesEnd, results);
    } catch (IndexOutOfBoundsException e) {
      throw new ProtocolViolation("malformed Bind message");
    }
  }

  /** How many parameters are bound. */
  int count() {
    return count;
  }

  /** The format of a column of the result, counted from 0. */
  short result(int column) {
    return results.length == 0 ? 0 : results[results.length == 1 ? 0 : column];
  }

  /** Whether the client has named formats that do not fit that many columns. */
  boolean misfits(int columns) {
    return results.length > 1 && results.length != columns;
  }

  /** The formats of results as the client gave them. */
  short[] results() {
    return results.clone();
  }

  private short format(int parameter) {
    int index = formats == 1 ? 0 : parameter;
    return index < formats ? bound.getShort(formatsAt + 2 * index) : 0;
  }

  /**
   * What follows the statement's name in a Bind message with these parameters and more.
   *
   * @param more the further parameters, in binary format; taken over
   */
  ByteBuf with(ByteBufAllocator alloc, List<ByteBuf> more, short[] resultFormats) {
    int all = count + more.size();
    ByteBuf head = alloc.buffer(8 + 2 * all + valuesEnd - valuesAt);
    head.writeShort(all);
    for (int i = 0; i < all; i++) {
      head.writeShort(i < count ? format(i) : 1);
    }
    head.writeShort(all);
    head.writeBytes(bound, valuesAt, valuesEnd - valuesAt);
    ByteBuf[] parts = new ByteBuf[2 * more.size() + 2];
    parts[0] = head;
    for (int i = 0; i < more.size(); i++) {
      parts[2 * i + 1] = Unpooled.buffer(4).writeInt(more.get(i).readableBytes());
      parts[2 * i + 2] = more.get(i);
    }
    ByteBuf tail = alloc.buffer(2 + 2 * resultFormats.length);
    tail.writeShort(resultFormats.length);
    for (short format : resultFormats) {
      tail.writeShort(format);
    }
    parts[parts.length - 1] = tail;
    return Unpooled.wrappedBuffer(parts.length, parts);
  }
}

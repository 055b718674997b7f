package dev.terrace.sql.wire;

import static dev.terrace.sql.wire.Message.finish;
import static dev.terrace.sql.wire.Message.fixed;
import static dev.terrace.sql.wire.Message.start;
import static dev.terrace.sql.wire.Message.text;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the messages that a server sends; those that are always the same are made once. */
public final class Answers {

  private static final ByteBuf READY_IDLE = fixed('Z', 'I');
  private static final ByteBuf READY_IN_TRANSACTION = fixed('Z', 'T');
  private static final ByteBuf READY_FAILED = fixed('Z', 'E');
  private static final ByteBuf PARSE_COMPLETE = fixed('1');
  private static final ByteBuf BIND_COMPLETE = fixed('2');
  private static final ByteBuf CLOSE_COMPLETE = fixed('3');
  private static final ByteBuf NO_DATA = fixed('n');
  private static final ByteBuf EMPTY_QUERY = fixed('I');
  private static final ByteBuf PORTAL_SUSPENDED = fixed('s');
  private static final ByteBuf COPY_DONE = fixed('c');
  private static final ByteBuf NO_PARAMETERS = fixed('t', 0, 0);

  private Answers() {}

  /** ReadyForQuery with the state of the transaction: I, T or E. */
  public static ByteBuf ready(byte status) {
    return switch (status) {
      case 'T' -> READY_IN_TRANSACTION.duplicate();
      case 'E' -> READY_FAILED.duplicate();
      default -> READY_IDLE.duplicate();
    };
  }

  /** ParseComplete. */
  public static ByteBuf parseComplete() {
    return PARSE_COMPLETE.duplicate();
  }

  /** BindComplete. */
  public static ByteBuf bindComplete() {
    return BIND_COMPLETE.duplicate();
  }

  /** CloseComplete. */
  public static ByteBuf closeComplete() {
    return CLOSE_COMPLETE.duplicate();
  }

  /** NoData. */
  public static ByteBuf noData() {
    return NO_DATA.duplicate();
  }

  /** EmptyQueryResponse. */
  public static ByteBuf emptyQuery() {
    return EMPTY_QUERY.duplicate();
  }

  /** PortalSuspended. */
  public static ByteBuf portalSuspended() {
    return PORTAL_SUSPENDED.duplicate();
  }

  /** CopyDone. */
  public static ByteBuf copyDone() {
    return COPY_DONE.duplicate();
  }

  /** ParameterDescription of a statement without parameters. */
  public static ByteBuf noParameters() {
    return NO_PARAMETERS.duplicate();
  }

  /** CommandComplete. */
  public static ByteBuf complete(ByteBufAllocator alloc, String tag) {
    ByteBuf out = start(alloc, 'C', tag.length() + 8);
    text(out, tag);
    return finish(out);
  }

  /** ErrorResponse. */
  public static ByteBuf error(ByteBufAllocator alloc, SqlError error) {
    return fields(alloc, 'E', error.severity(), error);
  }

  /** NoticeResponse with severity WARNING. */
  public static ByteBuf warning(ByteBufAllocator alloc, String sqlState, String message) {
    return fields(alloc, 'N', "WARNING", SqlError.error(sqlState, message));
  }

  private static ByteBuf fields(
      ByteBufAllocator alloc, char type, String severity, SqlError error) {
    ByteBuf out = start(alloc, type, 128);
    text(out.writeByte('S'), severity);
    text(out.writeByte('V'), severity);
    text(out.writeByte('C'), error.sqlState());
    text(out.writeByte('M'), error.message());
    if (!error.hint().isEmpty()) {
      text(out.writeByte('H'), error.hint());
    }
    if (!error.routine().isEmpty()) {
      text(out.writeByte('R'), error.routine());
    }
    out.writeByte(0);
    return finish(out);
  }

  /** AuthenticationOk. */
  public static ByteBuf authenticationOk(ByteBufAllocator alloc) {
    return finish(start(alloc, 'R', 9).writeInt(0));
  }

  /** AuthenticationSASL: the mechanisms to choose from. */
  public static ByteBuf sasl(ByteBufAllocator alloc, List<String> mechanisms) {
    ByteBuf out = start(alloc, 'R', 64).writeInt(10);
    mechanisms.forEach(mechanism -> text(out, mechanism));
    return finish(out.writeByte(0));
  }

  /** AuthenticationMD5Password. */
  public static ByteBuf md5(ByteBufAllocator alloc, byte[] salt) {
    return finish(start(alloc, 'R', 16).writeInt(5).writeBytes(salt));
  }

  /** AuthenticationSASLContinue or, if {@code last}, AuthenticationSASLFinal. */
  public static ByteBuf saslStep(ByteBufAllocator alloc, boolean last, String message) {
    ByteBuf out = start(alloc, 'R', message.length() + 9).writeInt(last ? 12 : 11);
    out.writeCharSequence(message, StandardCharsets.UTF_8);
    return finish(out);
  }

  /** ParameterStatus. */
  public static ByteBuf parameterStatus(ByteBufAllocator alloc, String name, String value) {
    ByteBuf out = start(alloc, 'S', name.length() + value.length() + 8);
    text(out, name);
    text(out, value);
    return finish(out);
  }

  /** BackendKeyData. */
  public static ByteBuf keyData(ByteBufAllocator alloc, int process, ByteBuffer secret) {
    ByteBuf out = start(alloc, 'K', 9 + secret.remaining()).writeInt(process);
    return finish(out.writeBytes(secret.duplicate()));
  }

  /**
   * NegotiateProtocolVersion: these options are not known.
   *
   * @param minor of version 3, which is spoken from now on
   */
  public static ByteBuf negotiateVersion(
      ByteBufAllocator alloc, int minor, List<String> unknownOptions) {
    ByteBuf out = start(alloc, 'v', 32).writeInt(3 << 16 | minor).writeInt(unknownOptions.size());
    unknownOptions.forEach(option -> text(out, option));
    return finish(out);
  }

  /** Any message with that body, which is copied. */
  public static ByteBuf copy(ByteBufAllocator alloc, byte type, ByteBuf body) {
    int length = body.readableBytes();
    return alloc
        .buffer(length + 5)
        .writeByte(type)
        .writeInt(length + 4)
        .writeBytes(body, body.readerIndex(), length);
  }

  /** RowDescription of one column of type text. */
  public static ByteBuf textColumn(ByteBufAllocator alloc, String name) {
    ByteBuf out = start(alloc, 'T', name.length() + 26).writeShort(1);
    text(out, name);
    // No table, no column number; type text of any length, no modifier, in the text format.
    return finish(
        out.writeInt(0).writeShort(0).writeInt(25).writeShort(-1).writeInt(-1).writeShort(0));
  }

  /** DataRow of one column. */
  public static ByteBuf textRow(ByteBufAllocator alloc, byte[] value) {
    return finish(
        start(alloc, 'D', value.length + 11)
            .writeShort(1)
            .writeInt(value.length)
            .writeBytes(value));
  }

  /** The tag in a CommandComplete's body. */
  public static String tag(ByteBuf body) {
    return body.toString(StandardCharsets.UTF_8).replace("\0", "");
  }

  /** The columns of a DataRow's body, in the text format; null for NULL. */
  public static List<@Nullable String> row(ByteBuf body) {
    List<@Nullable String> columns = new ArrayList<>();
    int count = body.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      int length = body.readInt();
      columns.add(
          length < 0 ? null : body.readCharSequence(length, StandardCharsets.UTF_8).toString());
    }
    return columns;
  }
}

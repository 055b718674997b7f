package dev.terrace.sql.wire;

import static dev.terrace.sql.wire.Message.finish;
import static dev.terrace.sql.wire.Message.fixed;
import static dev.terrace.sql.wire.Message.start;
import static dev.terrace.sql.wire.Message.text;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes the messages that a client sends. */
public final class Requests {

  private static final int PROTOCOL_3_0 = 3 << 16;
  private static final int CANCEL = 1234 << 16 | 5678;
  private static final int TLS = 1234 << 16 | 5679;

  private static final ByteBuf SYNC = fixed(Frontend.SYNC);
  private static final ByteBuf COPY_DONE = fixed(Frontend.COPY_DONE);
  private static final ByteBuf FLUSH = fixed(Frontend.FLUSH);

  private Requests() {}

  /** Sync. */
  public static ByteBuf sync() {
    return SYNC.duplicate();
  }

  /** Flush. */
  public static ByteBuf flush() {
    return FLUSH.duplicate();
  }

  /** Query. */
  public static ByteBuf query(ByteBufAllocator alloc, String sql) {
    ByteBuf out = start(alloc, Frontend.QUERY, sql.length() + 16);
    text(out, sql);
    return finish(out);
  }

  /**
   * Parse.
   *
   * @param rest the statement's text and its parameters' types as another Parse has them; copied
   */
  public static ByteBuf parse(ByteBufAllocator alloc, String name, byte[] rest) {
    ByteBuf out = start(alloc, Frontend.PARSE, name.length() + rest.length + 8);
    text(out, name);
    return finish(out.writeBytes(rest));
  }

  /** Parse of a statement without parameters into the unnamed one. */
  public static ByteBuf parse(ByteBufAllocator alloc, String sql) {
    ByteBuf out = start(alloc, Frontend.PARSE, sql.length() + 16);
    text(out, "");
    text(out, sql);
    return finish(out.writeShort(0));
  }

  /** Parse of a statement whose parameters have these types into the unnamed one. */
  public static ByteBuf parse(ByteBufAllocator alloc, String sql, List<Integer> types) {
    ByteBuf out = start(alloc, Frontend.PARSE, sql.length() + 4 * types.size() + 16);
    text(out, "");
    text(out, sql);
    out.writeShort(types.size());
    types.forEach(out::writeInt);
    return finish(out);
  }

  /**
   * The head of a Bind: the caller sends {@code restLength} bytes after it.
   *
   * @param restLength the length of what follows the statement's name
   */
  public static ByteBuf bindHead(
      ByteBufAllocator alloc, String portal, String statement, int restLength) {
    ByteBuf out = start(alloc, Frontend.BIND, portal.length() + statement.length() + 16);
    text(out, portal);
    text(out, statement);
    return out.setInt(1, out.readableBytes() - 1 + restLength);
  }

  /** Bind of the unnamed statement without parameters to the unnamed portal. */
  public static ByteBuf bindNothing(ByteBufAllocator alloc) {
    ByteBuf out = bindHead(alloc, "", "", 6);
    return out.writeZero(6);
  }

  /** Bind of the unnamed statement with one parameter, as text, to the unnamed portal. */
  public static ByteBuf bindText(ByteBufAllocator alloc, String parameter) {
    byte[] bytes = parameter.getBytes(StandardCharsets.UTF_8);
    ByteBuf out = bindHead(alloc, "", "", 10 + bytes.length);
    return out.writeShort(0).writeShort(1).writeInt(bytes.length).writeBytes(bytes).writeShort(0);
  }

  /** CopyData of that many bytes, which the caller sends after it. */
  public static ByteBuf copyHead(ByteBufAllocator alloc, int length) {
    return alloc.buffer(5).writeByte(Frontend.COPY_DATA).writeInt(4 + length);
  }

  /** CopyDone. */
  public static ByteBuf copyDone() {
    return COPY_DONE.duplicate();
  }

  /** CopyFail. */
  public static ByteBuf copyFail(ByteBufAllocator alloc, String reason) {
    ByteBuf out = start(alloc, Frontend.COPY_FAIL, reason.length() + 16);
    text(out, reason);
    return finish(out);
  }

  /** Describe of a statement ({@code S}) or portal ({@code P}). */
  public static ByteBuf describe(ByteBufAllocator alloc, char kind, String name) {
    return named(alloc, Frontend.DESCRIBE, kind, name);
  }

  /** Close of a statement ({@code S}) or portal ({@code P}). */
  public static ByteBuf close(ByteBufAllocator alloc, char kind, String name) {
    return named(alloc, Frontend.CLOSE, kind, name);
  }

  private static ByteBuf named(ByteBufAllocator alloc, byte type, char kind, String name) {
    ByteBuf out = start(alloc, type, name.length() + 16).writeByte(kind);
    text(out, name);
    return finish(out);
  }

  /** Execute of the unnamed portal to its end. */
  public static ByteBuf execute(ByteBufAllocator alloc) {
    ByteBuf out = start(alloc, Frontend.EXECUTE, 10);
    text(out, "");
    return finish(out.writeInt(0));
  }

  /** StartupMessage. */
  public static ByteBuf startup(ByteBufAllocator alloc, Map<String, String> parameters) {
    ByteBuf out = alloc.buffer(128).writeInt(0).writeInt(PROTOCOL_3_0);
    parameters.forEach((name, value) -> {
      text(out, name);
      text(out, value);
    });
    out.writeByte(0);
    return out.setInt(0, out.readableBytes());
  }

  /** SSLRequest. */
  public static ByteBuf tls(ByteBufAllocator alloc) {
    return alloc.buffer(8).writeInt(8).writeInt(TLS);
  }

  /** PasswordMessage. */
  public static ByteBuf password(ByteBufAllocator alloc, String password) {
    ByteBuf out = start(alloc, Frontend.PASSWORD, password.length() + 8);
    text(out, password);
    return finish(out);
  }

  /** CancelRequest; {@code key} as the server's BackendKeyData had it, process and secret. */
  public static ByteBuf cancel(ByteBufAllocator alloc, long key) {
    return alloc.buffer(16).writeInt(16).writeInt(CANCEL).writeLong(key);
  }

  /** SASLInitialResponse. */
  public static ByteBuf saslInitial(ByteBufAllocator alloc, String mechanism, String message) {
    ByteBuf out = start(alloc, Frontend.PASSWORD, 96);
    text(out, mechanism);
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    return finish(out.writeInt(bytes.length).writeBytes(bytes));
  }

  /** SASLResponse. */
  public static ByteBuf saslResponse(ByteBufAllocator alloc, String message) {
    ByteBuf out = start(alloc, Frontend.PASSWORD, message.length() + 8);
    out.writeCharSequence(message, StandardCharsets.UTF_8);
    return finish(out);
  }
}

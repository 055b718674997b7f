package dev.terrace.sql.session;

import dev.terrace.sql.gather.Description;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.server.PreparedText;
import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A statement that the client has prepared, under the client's name for it. */
final class Statement {

  private final String name;
  private final ParsedTexts.Parsed parsed;
  private StatementPlanner planner;
  private Plan plan;

  /** The text, if it is not UTF8. */
  private @Nullable PreparedText foreign;

  /** The columns that the client was told of, 0 while it was not. */
  private long told;

  private Statement(String name, ParsedTexts.Parsed parsed, StatementPlanner planner) {
    this.name = name;
    this.parsed = parsed;
    this.planner = planner;
    this.plan = parsed.plan();
  }

  /**
   * Reads a Parse message.
   *
   * @throws ProtocolViolation if it is malformed
   */
  static Statement read(ByteBuf message, ParsedTexts texts, StatementPlanner planner)
      throws ProtocolViolation {
    String name = text(message.skipBytes(5));
    return new Statement(name, texts.read(message, planner), planner);
  }

  /** Reads a text that ends with a zero byte. */
  static String text(ByteBuf message) throws ProtocolViolation {
    int length = message.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolViolation("malformed message: a text lacks its end");
    }
    String text =
        length == 0 ? "" : message.readCharSequence(length, StandardCharsets.UTF_8).toString();
    message.skipBytes(1);
    return text;
  }

  /** The same under no name, with another text sent to servers. */
  Statement instead(String text) {
    return new Statement("", parsed.instead(text), planner);
  }

  /** The same under the client's name for it. */
  Statement named(String clientName) {
    return new Statement(clientName, parsed, planner);
  }

  String name() {
    return name;
  }

  boolean isUnnamed() {
    return name.isEmpty();
  }

  PreparedText text() {
    PreparedText encoded = foreign;
    return encoded == null ? parsed.text() : encoded;
  }

  /** Its text is in that encoding. */
  void encodedIn(ClientEncoding encoding) {
    foreign = encoding.isUtf8() ? null : new PreparedText(parsed.text().bytes(), encoding.name());
  }

  /** Whether its text means in that encoding what it meant when it was prepared. */
  boolean isReadableIn(ClientEncoding encoding) {
    PreparedText encoded = foreign;
    String mine = encoded == null ? ClientEncoding.UTF8.name() : encoded.encoding();
    return mine.equals(encoding.name()) || ClientEncoding.isAscii(parsed.sql());
  }

  /** The type that Parse gave to parameter {@code index}, counted from 0; 0 if it gave none. */
  int type(int index) {
    return parsed.type(index);
  }

  /** Whether the client was told of its columns, and may rely on them. */
  boolean isTold() {
    return told != 0;
  }

  /** The client is told of its columns; see {@link Description#fingerprint}. */
  void told(long columns) {
    told = columns;
  }

  /** Whether those columns are what the client was told, if it was told anything. */
  boolean fits(long columns) {
    return told == 0 || told == columns;
  }

  /** The plan, by the file as it is now. */
  Plan plan(StatementPlanner now) {
    if (!planner.equals(now)) {
      planner = now;
      plan = now.plan(parsed.sql());
    }
    return plan;
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.PreparedText;
import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A statement that the client has prepared, under the client's name for it. */
final class Statement {

  private final String name;
  private final ParsedTexts.Parsed parsed;
  private StatementPlanner planner;
  private Plan plan;

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
    return parsed.text();
  }

  /** The type that Parse gave to parameter {@code index}, counted from 0; 0 if it gave none. */
  int type(int index) {
    return parsed.type(index);
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

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
  private final PreparedText text;
  private final String sql;
  private final int[] types;
  private StatementPlanner planner;
  private Plan plan;

  private Statement(
      String name, PreparedText text, String sql, int[] types, StatementPlanner planner) {
    this.name = name;
    this.text = text;
    this.sql = sql;
    this.types = types;
    this.planner = planner;
    this.plan = planner.plan(sql);
  }

  /**
   * Reads a Parse message.
   *
   * @throws ProtocolViolation if it is malformed
   */
  static Statement read(ByteBuf message, StatementPlanner planner) throws ProtocolViolation {
    message.skipBytes(5);
    String name = text(message);
    byte[] rest = new byte[message.readableBytes()];
    message.getBytes(message.readerIndex(), rest);
    String sql = text(message);
    int count = message.readableBytes() < 2 ? -1 : message.readUnsignedShort();
    if (count < 0 || message.readableBytes() != 4 * count) {
      throw new ProtocolViolation("malformed Parse message");
    }
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = message.readInt();
    }
    return new Statement(name, new PreparedText(rest), sql, types, planner);
  }

  /** Reads a text that ends with a zero byte. */
  static String text(ByteBuf message) throws ProtocolViolation {
    int length = message.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolViolation("malformed message: a text lacks its end");
    }
    String text = message.readCharSequence(length, StandardCharsets.UTF_8).toString();
    message.skipBytes(1);
    return text;
  }

  String name() {
    return name;
  }

  boolean isUnnamed() {
    return name.isEmpty();
  }

  PreparedText text() {
    return text;
  }

  /** The type that Parse gave to parameter {@code index}, counted from 0; 0 if it gave none. */
  int type(int index) {
    return index < types.length ? types[index] : 0;
  }

  /** The plan, by the file as it is now. */
  Plan plan(StatementPlanner now) {
    if (planner != now) {
      planner = now;
      plan = now.plan(sql);
    }
    return plan;
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.plan.ByteTable;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.PreparedText;
import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the Parse messages said that one event loop has seen, so that a statement which is prepared
 * again and again, as most drivers do, is neither decoded nor planned again.
 */
final class ParsedTexts {

  private static final int KEPT = 2048;
  private static final int LENGTH_MAX = 8 << 10;

  /** A Parse but for its name. */
  static final class Parsed {
    private final PreparedText text;
    private final String sql;
    private final int[] types;
    private final Plan plan;

    private Parsed(PreparedText text, String sql, int[] types, Plan plan) {
      this.text = text;
      this.sql = sql;
      this.types = types;
      this.plan = plan;
    }

    /** The same, but servers are sent another text. */
    Parsed instead(String other) {
      byte[] utf8 = other.getBytes(StandardCharsets.UTF_8);
      ByteBuffer rest = ByteBuffer.allocate(utf8.length + 3 + 4 * types.length);
      rest.put(utf8).put((byte) 0).putShort((short) types.length);
      for (int type : types) {
        rest.putInt(type);
      }
      return new Parsed(new PreparedText(rest.array()), sql, types, plan);
    }

    PreparedText text() {
      return text;
    }

    String sql() {
      return sql;
    }

    Plan plan() {
      return plan;
    }

    /** The type of parameter {@code index}, counted from 0; 0 if none was given. */
    int type(int index) {
      return index < types.length ? types[index] : 0;
    }
  }

  private final ByteTable<Parsed> known = new ByteTable<>(KEPT);
  private final byte[] bytes = new byte[LENGTH_MAX];
  private @Nullable StatementPlanner planner;

  /**
   * Reads what follows the name in a Parse message.
   *
   * @throws ProtocolViolation if it is malformed
   */
  Parsed read(ByteBuf message, StatementPlanner by) throws ProtocolViolation {
    if (!by.equals(planner)) {
      planner = by;
      known.clear();
    }
    int length = message.readableBytes();
    if (length > LENGTH_MAX) {
      byte[] all = new byte[length];
      message.getBytes(message.readerIndex(), all);
      return parse(message, all, by);
    }
    message.getBytes(message.readerIndex(), bytes, 0, length);
    Parsed found = known.find(bytes, length);
    if (found == null) {
      found = parse(message, Arrays.copyOf(bytes, length), by);
      if (!found.plan().hasConstants()) {
        known.put(bytes, length, found);
      }
    }
    return found;
  }

  private static Parsed parse(ByteBuf message, byte[] rest, StatementPlanner by)
      throws ProtocolViolation {
    String sql = Statement.text(message);
    int count = message.readableBytes() < 2 ? -1 : message.readUnsignedShort();
    if (count < 0 || message.readableBytes() != 4 * count) {
      throw new ProtocolViolation("malformed Parse message");
    }
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = message.readInt();
    }
    return new Parsed(new PreparedText(rest), sql, types, by.plan(sql));
  }
}

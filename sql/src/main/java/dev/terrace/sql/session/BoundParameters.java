package dev.terrace.sql.session;

import dev.terrace.sql.plan.Parameters;
import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;

/** The parameters in a Bind message, read where they lie. */
final class BoundParameters implements Parameters {

  private final Statement statement;
  private final ByteBuf message;
  private final int formatsAt;
  private final int formats;
  private final int[] valueAt;

  private BoundParameters(
      Statement statement, ByteBuf message, int formatsAt, int formats, int[] valueAt) {
    this.statement = statement;
    this.message = message;
    this.formatsAt = formatsAt;
    this.formats = formats;
    this.valueAt = valueAt;
  }

  /**
   * Finds the parameters.
   *
   * @param at where in the message the names end
   * @throws ProtocolViolation if the message is malformed
   */
  static BoundParameters read(Statement statement, ByteBuf message, int at)
      throws ProtocolViolation {
    try {
      int formats = message.getUnsignedShort(at);
      int next = at + 2 + 2 * formats;
      int[] valueAt = new int[message.getUnsignedShort(next)];
      next += 2;
      for (int i = 0; i < valueAt.length; i++) {
        valueAt[i] = next;
        int length = message.getInt(next);
        next += 4 + Math.max(0, length);
        if (length < -1 || next < 0 || next > message.writerIndex()) {
          throw new ProtocolViolation("malformed Bind message");
        }
      }
      return new BoundParameters(statement, message, at + 2, formats, valueAt);
    } catch (IndexOutOfBoundsException e) {
      throw new ProtocolViolation("malformed Bind message");
    }
  }

  @Override
  public int count() {
    return valueAt.length;
  }

  @Override
  public Parameter get(int number) {
    int at = valueAt[number - 1];
    int type = statement.type(number - 1);
    int length = message.getInt(at);
    if (length < 0) {
      return new Parameter(type, binary(number - 1), null);
    }
    return new Parameter(type, binary(number - 1), message.nioBuffer(at + 4, length));
  }

  private boolean binary(int index) {
    int format = formats == 1 ? 0 : index;
    return format < formats && message.getShort(formatsAt + 2 * format) == 1;
  }
}

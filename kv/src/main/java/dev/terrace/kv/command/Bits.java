package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands that take strings as bits, the highest of a byte first. */
final class Bits {

  private static final long OFFSET_MAX = (512L << 23) - 1;

  private Bits() {}

  static List<Command> all() {
    return List.of(
        read("getbit", 3, Bits::getbit, "One bit of the value."),
        read("bitcount", -2, Bits::bitcount, "How many bits of the value are set."),
        read("bitpos", -3, Bits::bitpos, "The first bit of the value that is set, or is not."),
        new Command("setbit", 4, Keys.ONE, new Write(Shape.STRING, Bits::setbit), "Sets one bit."));
  }

  private static Command read(String name, int arity, Command.Answer answer, String summary) {
    return new Command(name, arity, Keys.ONE, new Read(Shape.STRING, answer), summary);
  }

  private static long offset(byte[] word) throws KvError {
    long offset = -1;
    try {
      offset = Arguments.number(word);
    } catch (KvError e) {
      // Said below.
    }
    if (offset < 0 || offset > OFFSET_MAX) {
      throw KvError.of("bit offset is not an integer or out of range");
    }
    return offset;
  }

  private static int bit(byte @Nullable [] value, long offset) {
    int at = (int) (offset >> 3);
    return value == null || at >= value.length ? 0 : value[at] >> (7 - (int) (offset & 7)) & 1;
  }

  private static void getbit(ReadCall call, ReplyWriter out) throws KvError {
    long offset = offset(call.args()[2]);
    out.number(bit(Reads.string(call), offset));
  }

  private static Reply setbit(WriteCall call) throws KvError {
    long offset = offset(call.args()[2]);
    byte[] word = call.args()[3];
    if (word.length != 1 || (word[0] != '0' && word[0] != '1')) {
      throw KvError.of("bit is not an integer or out of range");
    }
    call.checkLength((offset >> 3) + 1);
    byte @Nullable [] before = StringWrites.change(call, old -> with(old, offset, word[0] == '1'));
    int was = bit(before, offset);
    return out -> out.number(was);
  }

  private static byte[] with(byte @Nullable [] old, long offset, boolean set) {
    int at = (int) (offset >> 3);
    byte[] value = Arrays.copyOf(old == null ? new byte[0] : old, Math.max(length(old), at + 1));
    int mask = 1 << (7 - (int) (offset & 7));
    value[at] = (byte) (set ? value[at] | mask : value[at] & ~mask);
    return value;
  }

  private static int length(byte @Nullable [] value) {
    return value == null ? 0 : value.length;
  }

  /** The bits from the first to the last one, both included; none if the last is before. */
  private record Range(long first, long last, boolean empty) {

    static Range of(byte[][] args, int from, int bytes) throws KvError {
      long bits = 8L * bytes;
      if (args.length <= from) {
        return new Range(0, bits - 1, bytes == 0);
      }
      long start = Arguments.number(args[from]);
      boolean byBit = args.length > from + 2 && Arguments.is(args[from + 2], "BIT");
      boolean byByte = args.length > from + 2 && Arguments.is(args[from + 2], "BYTE");
      if (args.length > from + 3 || (args.length == from + 3 && !byBit && !byByte)) {
        throw Arguments.syntax();
      }
      long last = args.length > from + 1 ? Arguments.number(args[from + 1]) : -1;
      long total = byBit ? bits : bytes;
      long end = args.length > from + 1 ? last : total - 1;
      if (start < 0 && end < 0 && start > end) {
        return new Range(0, -1, true);
      }
      start = Math.max(0, start < 0 ? start + total : start);
      end = Math.min(total - 1, Math.max(0, end < 0 ? end + total : end));
      return byBit
          ? new Range(start, end, start > end)
          : new Range(8 * start, 8 * end + 7, start > end);
    }
  }

  private static void bitcount(ReadCall call, ReplyWriter out) throws KvError {
    if (!call.exists()) {
      out.number(0);
      return;
    }
    if (call.args().length == 3) {
      throw Arguments.syntax();
    }
    if (call.args().length > 4) {
      // Redis looks at the end before the unit here, and the other way round in BITPOS.
      Arguments.number(call.args()[2]);
      Arguments.number(call.args()[3]);
    }
    byte[] value = Reads.string(call);
    Range range = Range.of(call.args(), 2, value.length);
    long count = 0;
    for (long bit = range.first(); !range.empty() && bit <= range.last(); ) {
      if ((bit & 7) == 0 && bit + 7 <= range.last()) {
        count += Integer.bitCount(value[(int) (bit >> 3)] & 0xFF);
        bit += 8;
      } else {
        count += bit(value, bit++);
      }
    }
    out.number(count);
  }

  private static void bitpos(ReadCall call, ReplyWriter out) throws KvError {
    byte[] word = call.args()[2];
    long wanted = Arguments.number(word);
    if (wanted != 0 && wanted != 1) {
      throw KvError.of("The bit argument must be 1 or 0.");
    }
    if (!call.exists()) {
      out.number(wanted == 1 ? -1 : 0);
      return;
    }
    byte[] value = Reads.string(call);
    Range range = Range.of(call.args(), 3, value.length);
    int whole = wanted == 1 ? 0 : 0xFF;
    for (long bit = range.first(); !range.empty() && bit <= range.last(); ) {
      if ((bit & 7) == 0 && (value[(int) (bit >> 3)] & 0xFF) == whole) {
        bit += 8;
      } else if (bit(value, bit) == wanted) {
        out.number(bit);
        return;
      } else {
        bit++;
      }
    }
    // Without an end, the value goes on with zeros.
    boolean open = wanted == 0 && call.args().length < 5 && !range.empty();
    out.number(open ? 8L * value.length : -1);
  }
}

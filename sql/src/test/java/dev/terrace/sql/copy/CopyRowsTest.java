package dev.terrace.sql.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sql.plan.CopyFormat;
import dev.terrace.sql.plan.CopyFormat.Kind;
import dev.terrace.testkit.Seeded;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows are the same however the bytes come in, and no bytes get lost or break the parser. */
final class CopyRowsTest {

  private static final long SEED = 20261131;
  private static final int ROUNDS = 3000;
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final byte[] BYTES =
      "aaa17\t\t,,\"\"''\\\\.N\n\n\r;\u00ff\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] BINARY_HEAD =
      "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** What came out, and whether it ended in a failure. */
  private static final class Collected implements CopyRows.Sink {
    final List<String> fields = new ArrayList<>();
    final StringBuilder all = new StringBuilder();
    String failure = "";

    @Override
    public void row(byte[] from, int at, int length, long line, List<byte @Nullable []> found) {
      all.append(new String(from, at, length, StandardCharsets.ISO_8859_1));
      StringBuilder row = new StringBuilder();
      for (byte @Nullable [] field : found) {
        String text = field == null ? "null" : new String(field, StandardCharsets.ISO_8859_1);
        row.append(row.isEmpty() ? line + ":" : "+").append(text);
      }
      fields.add(row.toString());
    }

    @Override
    public void mark(byte[] from, int at, int length) {
      all.append(new String(from, at, length, StandardCharsets.ISO_8859_1));
      fields.add("mark");
    }
  }

  private static Collected cut(CopyFormat format, int column, byte[] data, int pieceMax) {
    return cut(format, List.of(column), data, pieceMax);
  }

  private static Collected cut(
      CopyFormat format, List<Integer> columns, byte[] data, int pieceMax) {
    RandomGenerator random = Seeded.of(data.length);
    Collected out = new Collected();
    CopyRows rows = CopyRows.of(format, columns, 1 << 20);
    try {
      int at = 0;
      while (at < data.length) {
        int length = Math.min(data.length - at, 1 + random.nextInt(pieceMax));
        rows.add(Unpooled.wrappedBuffer(data, at, length), out);
        at += length;
      }
      rows.end(out);
    } catch (CopyFailure e) {
      out.failure = e.error().message();
    }
    return out;
  }

  private static byte[] lines(RandomGenerator random) {
    byte[] data = new byte[random.nextInt(60)];
    for (int i = 0; i < data.length; i++) {
      data[i] = BYTES[random.nextInt(BYTES.length)];
    }
    return data;
  }

  private static byte[] binary(RandomGenerator random) {
    byte[] data = new byte[BINARY_HEAD.length + random.nextInt(40)];
    System.arraycopy(BINARY_HEAD, 0, data, 0, BINARY_HEAD.length);
    for (int i = BINARY_HEAD.length; i < data.length; i++) {
      data[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(4) - 1 : 0);
    }
    return data;
  }

  private static CopyFormat format(RandomGenerator random) {
    CopyFormat plain = CopyFormat.of(KINDS.get(random.nextInt(KINDS.size())));
    return new CopyFormat(
        plain.kind(),
        plain.delimiter(),
        plain.nullText(),
        plain.quote(),
        random.nextBoolean() ? plain.escape() : (byte) '\\',
        random.nextInt(4) == 0);
  }

  @Test
  void piecesMakeNoDifference() {
    Seeded.rounds(
        SEED,
        ROUNDS,
        random -> {
          CopyFormat format = format(random);
          byte[] data = format.kind() == Kind.BINARY ? binary(random) : lines(random);
          int column = random.nextInt(3);
          Collected whole = cut(format, column, data, Math.max(1, data.length * 2));
          Collected pieces = cut(format, column, data, 1 + random.nextInt(3));
          assertThat(pieces.failure).isEqualTo(whole.failure);
          assertThat(pieces.fields).isEqualTo(whole.fields);
          String text = new String(data, StandardCharsets.ISO_8859_1);
          assertThat(text).startsWith(pieces.all.toString());
          boolean ended = pieces.fields.contains("mark");
          if (pieces.failure.isEmpty() && !ended) {
            assertThat(pieces.all.toString()).isEqualTo(text);
          }
        });
  }

  @Test
  void fieldsAreReadAsPostgresqlDoes() {
    CopyFormat text = CopyFormat.of(Kind.TEXT);
    CopyFormat csv = CopyFormat.of(Kind.CSV);
    assertThat(fields(text, "a\t\\N\nb\t\\x41\\102\\q\\\n\n")).containsExactly("1:null", "2:ABq\n");
    assertThat(fields(text, "a\t1\r\nb\t\\t2")).containsExactly("1:1", "2:\t2");
    assertThat(fields(csv, "a,\nb,\"\"\nc,\"x\"\"y\nz\"w,1\nd,e"))
        .containsExactly("1:null", "2:", "3:x\"y\nzw", "5:e");
    assertThat(cut(text, 1, "a\t1\nb\t2\r\n".getBytes(StandardCharsets.UTF_8), 99).failure)
        .isEqualTo("literal carriage return found in data, line 2");
  }

  @Test
  void severalColumnsAreFoundInTheOrderThatIsAskedFor() {
    byte[] lines = "a\t\\N\tc\nd\te\tf\n".getBytes(StandardCharsets.UTF_8);
    assertThat(cut(CopyFormat.of(Kind.TEXT), List.of(2, 0), lines, 2).fields)
        .containsExactly("1:c+a", "2:f+d");
    byte[] csv = "a,,\"c\"\n".getBytes(StandardCharsets.UTF_8);
    assertThat(cut(CopyFormat.of(Kind.CSV), List.of(1, 2), csv, 2).fields)
        .containsExactly("1:null+c");
    assertThat(cut(CopyFormat.of(Kind.CSV), List.of(0, 3), csv, 2).failure)
        .contains("the row ends before the column of the sharding key, line 1");
    byte[] row = {0, 2, 0, 0, 0, 1, 'x', 0, 0, 0, 1, 'y', -1, -1};
    byte[] binary = Arrays.copyOf(BINARY_HEAD, BINARY_HEAD.length + row.length);
    System.arraycopy(row, 0, binary, BINARY_HEAD.length, row.length);
    assertThat(cut(CopyFormat.of(Kind.BINARY), List.of(1, 0), binary, 3).fields)
        .containsExactly("mark", "1:y+x", "mark");
  }

  private static List<String> fields(CopyFormat format, String data) {
    Collected out = cut(format, 1, data.getBytes(StandardCharsets.UTF_8), 3);
    assertThat(out.failure).isEmpty();
    return out.fields;
  }
}

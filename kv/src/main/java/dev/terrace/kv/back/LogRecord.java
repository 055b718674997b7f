package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.TableRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One write as the journal holds it: all that it takes to make it in the store, without the file
 * that Terrace was started with.
 */
record LogRecord(LaneName lane, String collection, TableRef table, RowKey key, Effect effect) {

  private static final int VERSION = 1;
  private static final int PUT = 1;
  private static final int REPLACE = 2;
  private static final int DELETE = 3;

  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeByte(VERSION);
    text(out, lane.store());
    out.writeInt(lane.shard());
    out.writeInt(lane.partition());
    text(out, collection);
    text(out, table.table());
    texts(out, table.keyColumns());
    texts(out, key.values());
    switch (effect.change()) {
      case Change.Keep() -> throw new IllegalArgumentException("nothing to log");
      case Change.Delete() -> out.writeByte(DELETE);
      case Change.Put(List<Field> fields) -> {
        out.writeByte(PUT);
        fields(out, fields);
        out.writeInt(effect.adds().size());
        for (Map.Entry<String, Long> add : effect.adds().entrySet()) {
          text(out, add.getKey());
          out.writeLong(add.getValue());
        }
      }
      case Change.Replace(List<Field> fields) -> {
        out.writeByte(REPLACE);
        fields(out, fields);
      }
    }
  }

  private static void fields(DataOutputStream out, List<Field> fields) throws IOException {
    out.writeInt(fields.size());
    for (Field field : fields) {
      text(out, field.column());
      bytes(out, field.value());
    }
  }

  private static void texts(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(out, text);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  /**
   * Reads what {@link #encoded} made.
   *
   * @throws IOException if it is something else
   */
  static LogRecord of(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException("it is of version " + version + ", and this Terrace reads " + VERSION);
    }
    LaneName lane = new LaneName(text(in), in.readInt(), in.readInt());
    String collection = text(in);
    TableRef table = new TableRef(text(in), texts(in));
    RowKey key = new RowKey(texts(in));
    return new LogRecord(lane, collection, table, key, effect(in));
  }

  private static Effect effect(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    return switch (kind) {
      case DELETE -> Effect.of(new Change.Delete());
      case REPLACE -> Effect.of(new Change.Replace(fields(in)));
      case PUT -> {
        List<Field> fields = fields(in);
        Map<String, Long> adds = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
          adds.put(text(in), in.readLong());
        }
        yield new Effect(new Change.Put(fields), adds);
      }
      default -> throw new IOException("there is no change " + kind);
    };
  }

  private static List<Field> fields(DataInputStream in) throws IOException {
    List<Field> fields = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      fields.add(Field.of(text(in), bytes(in)));
    }
    return fields;
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(text(in));
    }
    return texts;
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = bytes(in);
    if (bytes == null) {
      throw new IOException("a text is missing");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length > in.available()) {
      throw new IOException("it ends within a value");
    }
    return length < 0 ? null : in.readNBytes(length);
  }
}

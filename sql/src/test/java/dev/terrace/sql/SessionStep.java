package dev.terrace.sql;

import static dev.terrace.sql.Wire.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What one session sends before another has its turn, and how to tell that it is answered. */
record SessionStep(int session, String text, List<Part> parts) {

  /**
   * Bytes that are sent at once.
   *
   * @param latin each byte as a letter
   * @param answers how many messages answer them, if that is not for ReadyForQuery to say
   * @param readies how often ReadyForQuery does
   */
  record Part(String latin, int answers, int readies) {

    Part(byte[] bytes, int answers, int readies) {
      this(new String(bytes, StandardCharsets.ISO_8859_1), answers, readies);
    }

    byte[] bytes() {
      return latin.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public String toString() {
    return session + ": " + text;
  }

  /** A simple query. */
  static SessionStep query(int session, String sql) {
    return new SessionStep(session, sql, List.of(new Part(message('Q', bytes(sql)), 0, 1)));
  }

  /** A simple query that copies in. */
  static SessionStep copyIn(int session, String sql, String data, boolean fails) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(message('Q', bytes(sql)));
    all.writeBytes(message('d', data.getBytes(StandardCharsets.UTF_8)));
    all.writeBytes(fails ? message('f', bytes("no")) : message('c'));
    return new SessionStep(
        session,
        sql + " <- " + data.replace("\n", "/") + (fails ? " fails" : ""),
        List.of(new Part(all.toByteArray(), 0, 1)));
  }

  private static byte[] bytes(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** Messages of the extended protocol, one by one. */
  static final class Pipeline {
    private final int session;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Part> parts = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private int answers;
    private int readies;

    Pipeline(int session) {
      this.session = session;
    }

    private Pipeline add(String text, int answered, byte[] message) {
      texts.add(text);
      answers += answered;
      bytes.writeBytes(message);
      return this;
    }

    Pipeline parse(String name, String sql) {
      return add(
          "parse " + name + " [" + sql + "]",
          1,
          message('P', bytes(name), bytes(sql), new byte[2]));
    }

    Pipeline bind(String portal, String statement, List<String> values) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(ByteBuffer.allocate(4).putShort(2, (short) values.size()).array());
      for (String value : values) {
        byte[] content = value.getBytes(StandardCharsets.UTF_8);
        all.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        all.writeBytes(content);
      }
      return add(
          "bind " + portal + "<-" + statement + values,
          1,
          message('B', bytes(portal), bytes(statement), all.toByteArray(), new byte[2]));
    }

    Pipeline describe(char kind, String name) {
      return add("describe " + kind + name, kind == 'S' ? 2 : 1, message('D', bytes(kind + name)));
    }

    Pipeline execute(String portal, int rows) {
      return add(
          "execute " + portal + (rows == 0 ? "" : " " + rows),
          1,
          message('E', bytes(portal), ByteBuffer.allocate(4).putInt(rows).array()));
    }

    Pipeline close(char kind, String name) {
      return add("close " + kind + name, 1, message('C', bytes(kind + name)));
    }

    Pipeline run(String sql, boolean described) {
      parse("", sql).bind("", "", List.of());
      return (described ? describe('P', "") : this).execute("", 0);
    }

    Pipeline sync() {
      readies++;
      return add("sync", 0, message('S'));
    }

    /** Asks for what there is so far, and sends nothing more before it has come. */
    Pipeline flush() {
      add("flush", 0, message('H'));
      cut();
      return this;
    }

    private void cut() {
      parts.add(new Part(bytes.toByteArray(), readies > 0 ? 0 : answers, readies));
      bytes.reset();
      answers = 0;
      readies = 0;
    }

    SessionStep done() {
      sync();
      cut();
      return new SessionStep(session, String.join(", ", texts), List.copyOf(parts));
    }
  }
}

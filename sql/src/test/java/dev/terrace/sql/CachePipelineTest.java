package dev.terrace.sql;

import static dev.terrace.sql.Wire.message;
import static dev.terrace.sql.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kept results between other statements of one pipeline, message by message. */
final class CachePipelineTest {

  private static final String KEPT = "select 'n=' || n from counters where id = 1";

  private static CachedStore store;
  private RawClient client;

  @BeforeAll
  static void start() throws Exception {
    store =
        CachedStore.start(
            1,
            0,
            "create table counters (id int primary key, n int); create table plain (id int);"
                + "insert into counters values (1, 0); insert into plain values (1)",
            "",
            "counters: {store: shop, cache: {ttl: 1h}}");
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  /** Each test begins with a result kept that is not what the server has. */
  @BeforeEach
  void keep() throws Exception {
    store.behind("update counters set n = 10 where id = 1");
    store.front().purge("shop");
    client = Wire.loggedIn(store.port(), "shop", "shop");
    for (boolean described : new boolean[] {true, false, true}) {
      assertThat(answer(run(KEPT, described), sync())).contains("n=10");
    }
    store.behind("update counters set n = 99 where id = 1");
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] parse(String name, String sql) {
    return message('P', text(name), text(sql), new byte[2]);
  }

  private static byte[] bind(String portal, String statement) {
    return message('B', text(portal), text(statement), new byte[6]);
  }

  private static byte[] describe(String portal) {
    return message('D', text("P" + portal));
  }

  private static byte[] execute(String portal, int rows) {
    return message('E', text(portal), ByteBuffer.allocate(4).putInt(rows).array());
  }

  private static byte[] sync() {
    return message('S');
  }

  private static byte[] run(String sql, boolean described) {
    return join(
        parse("", sql), bind("", ""), described ? describe("") : new byte[0], execute("", 0));
  }

  /** What comes back, up to ReadyForQuery. */
  private String answer(byte[]... messages) throws Exception {
    client.send(join(messages));
    return client.readUntil("Z\0\0\0\u0005I");
  }

  /** The types of the messages of an answer. */
  private static String types(String answer) {
    StringBuilder types = new StringBuilder();
    ByteBuffer in = ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1));
    while (in.remaining() > 4) {
      types.append((char) in.get());
      in.position(in.position() + in.getInt(in.position()));
    }
    return types.toString();
  }

  @Test
  void answersComeInTheirTurn() throws Exception {
    long hits = store.events("hit");
    String answer =
        answer(
            run("select 'first' from plain", true),
            run(KEPT, true),
            run("select 'second' from plain", false),
            run(KEPT, false),
            run(KEPT, true),
            run("select 'third' from plain", true),
            sync());
    assertThat(answer.replaceAll("[^a-z0-9=]+", " "))
        .containsSubsequence("first", "n=10", "second", "n=10", "n=10", "third");
    assertThat(types(answer)).isEqualTo("12TDC" + "12TDC" + "12DC" + "12DC" + "12TDC" + "12TDCZ");
    assertThat(store.events("hit")).isEqualTo(hits + 3);
  }

  @Test
  void aloneItNeedsNoServer() throws Exception {
    long sent = store.statements("primary");
    assertThat(types(answer(run(KEPT, true), sync()))).isEqualTo("12TDCZ");
    assertThat(types(answer(parse("named", KEPT), sync()))).isEqualTo("1Z");
    for (int i = 0; i < 3; i++) {
      assertThat(types(answer(bind("", "named"), execute("", 0), sync()))).isEqualTo("2DCZ");
    }
    client.send(join(run(KEPT, true), message('H')));
    assertThat(client.readUntil("SELECT 1\0")).contains("n=10");
    assertThat(types(answer(sync()))).isEqualTo("Z");
    assertThat(answer(message('Q', text(KEPT)))).as("in another form").contains("n=99");
    assertThat(store.statements("primary")).isEqualTo(sent + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set work_mem to '5MB'",
        "select set_config('work_mem', '5MB', false)",
        "select set_config('work_mem', '5MB', true)"
      })
  void whatIsSetInThePipelineCounts(String set) throws Exception {
    assertThat(answer(run(set, true), run(KEPT, true), sync())).contains("n=99");
    assertThat(answer(run(KEPT, true), sync())).as("afterwards").contains("n=");
  }

  @Test
  void aWriteInThePipelineIsSeen() throws Exception {
    String answer =
        answer(
            run(KEPT, true),
            run("update counters set n = n + 1 where id = 1", true),
            run(KEPT, true),
            sync());
    assertThat(answer).containsSubsequence("n=10", "UPDATE 1", "n=100");
    assertThat(answer(run(KEPT, true), sync())).contains("n=100");
  }

  @Test
  void afterAnErrorNothingComes() throws Exception {
    String answer = answer(run("select 1 / (id - 1) from plain", true), run(KEPT, true), sync());
    assertThat(answer).contains("division by zero").doesNotContain("n=10");
    assertThat(answer(run(KEPT, true), sync())).contains("n=10");
  }

  @Test
  void whatComesInPartsOrPortionsPassesBy() throws Exception {
    client.send(join(parse("", KEPT), bind("", "")));
    client.send(message('H'));
    assertThat(client.readUntil("2\0\0\0\u0004")).isNotEmpty();
    assertThat(answer(describe(""), execute("", 0), sync())).contains("n=99");
    assertThat(answer(run(KEPT, true), sync())).as("it was not kept either").contains("n=10");
    assertThat(answer(parse("", KEPT), bind("", ""), execute("", 1), execute("", 0), sync()))
        .contains("n=99");
    assertThat(answer(parse("", KEPT), bind("p", ""), execute("p", 0), sync())).contains("n=99");
    assertThat(answer(run(KEPT, true), sync())).contains("n=10");
    assertThat(store.notKept("portions")).isPositive();
  }

  @Test
  void severalStatementsInOneQueryPassBy() throws Exception {
    assertThat(answer(message('Q', text(KEPT)))).contains("n=99");
    store.behind("update counters set n = 7");
    assertThat(answer(message('Q', text(KEPT)))).contains("n=99");
    assertThat(answer(message('Q', text(KEPT + "; " + KEPT)))).contains("n=7");
    assertThat(answer(message('Q', text("update counters set n = 8; " + KEPT)))).contains("n=8");
    assertThat(answer(message('Q', text(KEPT)))).contains("n=8");
  }
}

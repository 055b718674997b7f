package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.Wire.message;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not speak UTF8, beside those that do, over a pool of one connection. */
final class ClientEncodingTest extends FrontTest {

  private static final String READY = "Z\0\0\0\u0005I";

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = TestFront.sharedCluster();
    front =
        TestFront.over(
            cluster,
            "max-server-connections: 1, acquire-timeout: 10s, in-doubt-every: 1h",
            "{from: primary}",
            1,
            "",
            "alone: {engine: postgresql, database: shop, user: shop, password: shop,"
                + " reads: {from: primary}, shards: [{primary: "
                + cluster.primary(0).address()
                + "}]}");
  }

  private static RawClient client(String encoding) throws Exception {
    RawClient client = RawClient.connect(front.port());
    client.send(
        Wire.startup(3 << 16, "user\0shop\0database\0alone\0client_encoding\0" + encoding + "\0"));
    Wire.logIn(client, "shop");
    client.readUntil(READY);
    return client;
  }

  private static Connection utf8() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + front.port() + "/alone", "shop", "shop");
  }

  private static byte[] text(String text, Charset charset) {
    return (text + "\0").getBytes(charset);
  }

  private static String query(RawClient client, String sql, Charset charset) throws IOException {
    client.send(message('Q', text(sql, charset)));
    return new String(client.readUntil(READY).getBytes(ISO_8859_1), charset);
  }

  private static String prepared(RawClient client, String sql, Charset charset) throws IOException {
    client.send(message('P', text("s", charset), text(sql, charset), new byte[2]));
    client.send(message('B', new byte[1], text("s", charset), new byte[6]));
    client.send(message('E', new byte[5]));
    client.send(message('C', "Ss\0".getBytes(charset)));
    client.send(message('S'));
    return new String(client.readUntil(READY).getBytes(ISO_8859_1), charset);
  }

  @ParameterizedTest
  @CsvSource({
    "LATIN1, ISO-8859-1, é",
    "latin-9, ISO-8859-15, €",
    "WIN1252, windows-1252, œ",
    "KOI8R, KOI8-R, я",
    "EUC_JP, EUC-JP, 日",
    "EUC_KR, EUC-KR, 한",
    "ISO_8859_5, ISO-8859-5, я"
  })
  void lettersArriveAndComeBack(String encoding, String javaName, String letter) throws Exception {
    Charset charset = Charset.forName(javaName);
    String unicode = "U&'\\" + String.format("%04x", (int) letter.charAt(0)) + "'";
    try (RawClient one = client(encoding);
        Connection two = utf8()) {
      for (int round = 0; round < 2; round++) {
        assertThat(query(one, "select '" + letter + "' = " + unicode, charset)).contains("\u0001t");
        assertThat(query(one, "select '<" + letter + "' || '>'", charset))
            .contains("<" + letter + ">");
        assertThat(prepared(one, "select '" + letter + "' = " + unicode, charset))
            .contains("\u0001t");
        assertThat(ask(two, "select '" + letter + "' = " + unicode)).isEqualTo("t");
        assertThat(ask(two, "select '<" + letter + "' || '>'")).isEqualTo("<" + letter + ">");
      }
    }
  }

  @Test
  void theSameBytesAreOtherTextsInOtherEncodings() throws Exception {
    // Two letters of LATIN1 that are one of UTF8.
    String sql = "select length('Ã©')";
    byte[] bytes = text(sql, ISO_8859_1);
    try (RawClient latin = client("LATIN1");
        RawClient unicode = client("UTF8")) {
      for (int round = 0; round < 2; round++) {
        for (RawClient client : new RawClient[] {latin, unicode}) {
          client.send(message('P', "n\0".getBytes(ISO_8859_1), bytes, new byte[2]));
          client.send(message('B', "\0n\0".getBytes(ISO_8859_1), new byte[6]));
          client.send(message('E', new byte[5]));
          client.send(message('C', "Sn\0".getBytes(ISO_8859_1)));
          client.send(message('S'));
          assertThat(client.readUntil(READY)).contains(client == latin ? "\u00012" : "\u00011");
        }
      }
    }
  }

  @Test
  void itMayChangeOutsideOfTransactions() throws Exception {
    try (RawClient one = client("UTF8");
        Connection two = utf8()) {
      assertThat(query(one, "set client_encoding to 'LATIN1'", ISO_8859_1))
          .contains("client_encoding\0LATIN1");
      assertThat(query(one, "select '<é' || '>'", ISO_8859_1)).contains("<é>");
      assertThat(ask(two, "select '<é' || '>'")).isEqualTo("<é>");
      assertThat(query(one, "select set_config('client_encoding', 'WIN1252', false)", ISO_8859_1))
          .contains("client_encoding\0WIN1252");
      assertThat(ask(two, "show client_encoding")).isEqualTo("UTF8");
      assertThat(query(one, "show client_encoding", ISO_8859_1)).contains("WIN1252");
      assertThat(query(one, "set application_name = 'é'", ISO_8859_1)).contains("C0A000\0");
      one.send(message('Q', text("begin", ISO_8859_1)));
      one.readUntil("Z\0\0\0\u0005T");
      one.send(message('Q', text("set names 'UTF8'", ISO_8859_1)));
      assertThat(one.readUntil("Z\0\0\0\u0005E")).contains("C0A000\0", "within a transaction");
      query(one, "rollback", ISO_8859_1);
      query(one, "reset client_encoding", ISO_8859_1);
      assertThat(query(one, "show client_encoding", ISO_8859_1)).contains("UTF8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"})
  void encodingsWithBytesOfAsciiAreRefused(String encoding) throws Exception {
    assertThatThrownBy(() -> client(encoding)).hasMessageContaining("not supported");
    try (RawClient one = client("UTF8")) {
      assertThat(query(one, "set client_encoding = '" + encoding + "'", ISO_8859_1))
          .contains("C0A000\0");
      assertThat(query(one, "set names " + encoding, ISO_8859_1)).contains("C0A000\0");
    }
    assertThat(ClientEncoding.of(encoding).kind()).isEqualTo(ClientEncoding.Kind.UNREADABLE);
  }

  @Test
  void storesOfSeveralShardsSpeakUtf8() throws Exception {
    try (Connection one = front.connect("preferQueryMode=simple")) {
      assertThatThrownBy(() -> TestFront.run(one, "set client_encoding = 'LATIN1'"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"))
          .hasMessageContaining("several shards");
    }
  }
}

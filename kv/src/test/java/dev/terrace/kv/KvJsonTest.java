package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.JsonPath;
import dev.terrace.kv.json.JsonText;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.SharedPostgres;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.json.JsonSetParams;
import redis.clients.jedis.json.Path2;

/** Documents: RedisJSON's commands over a jsonb column. */
class KvJsonTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static void says(RespWire c, String line, String answer) throws Exception {
    assertThat(c.line(line)).as(line).isEqualTo(answer);
  }

  @Test
  void documentsAreSetAndReadByPath() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      says(c, "JSON.GET doc:1", "nil");
      says(c, "JSON.SET doc:1 $.a 1", "-ERR new objects must be created at the root");
      says(c, "JSON.SET doc:1 $ '{\"a\":1,\"b\":[1,2,{\"a\":3}],\"s\":\"x\"}' XX", "nil");
      says(c, "JSON.SET doc:1 $ '{\"a\":1,\"b\":[1,2,{\"a\":3}],\"s\":\"x\"}'", "+OK");
      assertThat(rig.sql("SELECT doc->'b'->2->>'a' FROM docs WHERE id = 1")).containsExactly("3");
      says(c, "JSON.GET doc:1", "\"{\"a\":1,\"b\":[1,2,{\"a\":3}],\"s\":\"x\"}\"");
      says(c, "JSON.GET doc:1 $..a", "\"[1,3]\"");
      says(c, "JSON.GET doc:1 .b[2].a", "\"3\"");
      says(c, "JSON.GET doc:1 b[-1]", "\"{\"a\":3}\"");
      says(c, "JSON.GET doc:1 .nope", "-ERR Path '.nope' does not exist");
      says(c, "JSON.GET doc:1 $.nope", "\"[]\"");
      says(c, "JSON.GET doc:1 $.a $.s", "\"{\"$.a\":[1],\"$.s\":[\"x\"]}\"");
      says(c, "JSON.GET doc:1 .a .s", "\"{\".a\":1,\".s\":\"x\"}\"");
      says(c, "JSON.GET doc:1 INDENT > NEWLINE | SPACE _ .b", "\"[|>1,|>2,|>{|>>\"a\":_3|>}|]\"");
      says(c, "JSON.SET doc:1 $.new '[true,null]'", "+OK");
      says(c, "JSON.SET doc:1 $.new 1 NX", "nil");
      says(c, "JSON.SET doc:1 $.newer 1 XX", "nil");
      says(c, "JSON.SET doc:1 $..a 9", "+OK");
      says(c, "JSON.GET doc:1 $..a", "\"[9,9]\"");
      says(c, "JSON.MGET doc:1 doc:404 $.a", "[\"[9]\" nil]");
      says(c, "JSON.TYPE doc:1 $.*", "[\"integer\" \"array\" \"string\" \"array\"]");
      says(c, "JSON.TYPE doc:1", "\"object\"");
      says(c, "JSON.TYPE doc:1 .nope", "nil");
      says(c, "JSON.DEL doc:1 $..a", "2");
      says(c, "JSON.DEL doc:1 $.b[0]", "1");
      says(c, "JSON.GET doc:1 $.b", "\"[[2,{}]]\"");
      says(c, "JSON.FORGET doc:1", "1");
      says(c, "JSON.DEL doc:1", "0");
      says(
          c,
          "GET doc:2",
          "-WRONGTYPE Operation against a key holding the wrong kind of value:"
              + " collection 'doc' holds JSON documents");
      says(c, "TYPE doc:1", "+none");
      assertThat(c.line("JSON.SET doc:1 $ '{'")).startsWith("-ERR ");
      assertThat(c.line("JSON.SET doc:1 $ '" + "[".repeat(200) + "'")).startsWith("-ERR ");
    }
  }

  @Test
  void numbersTextsArraysAndObjects() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      c.line(
          "JSON.SET doc:2 $ '{\"n\":1,\"t\":\"ab\",\"l\":[1,2,3],\"o\":{\"n\":2.5,\"t\":true}}'");
      says(c, "JSON.NUMINCRBY doc:2 $..n 2", "\"[3,4.5]\"");
      says(c, "JSON.NUMINCRBY doc:2 .n 2", "\"5\"");
      says(c, "JSON.NUMINCRBY doc:2 $.t 2", "\"[null]\"");
      says(
          c,
          "JSON.NUMINCRBY doc:2 .t 2",
          "-WRONGTYPE wrong type of path value - expected number but found string");
      says(c, "JSON.NUMMULTBY doc:2 .n 4", "\"20\"");
      says(c, "JSON.STRLEN doc:2 .t", "2");
      says(c, "JSON.STRAPPEND doc:2 $..t '\"\u00c5\u00be\"'", "[4 nil]");
      says(c, "JSON.ARRLEN doc:2 $.*", "[3 nil nil nil]");
      says(c, "JSON.ARRAPPEND doc:2 .l 4 '\"x\"'", "5");
      says(c, "JSON.ARRINSERT doc:2 $.l 0 0", "[6]");
      says(c, "JSON.ARRINSERT doc:2 $.l 9 0", "-ERR index out of bounds");
      says(c, "JSON.ARRINDEX doc:2 $.l '\"x\"'", "[5]");
      says(c, "JSON.ARRINDEX doc:2 $.l 3 1 3", "[-1]");
      says(c, "JSON.ARRPOP doc:2 $.l", "[\"\"x\"\"]");
      says(c, "JSON.ARRPOP doc:2 .l 0", "\"0\"");
      says(c, "JSON.ARRTRIM doc:2 $.l 1 2", "[2]");
      says(c, "JSON.GET doc:2 .l", "\"[2,3]\"");
      says(c, "JSON.OBJKEYS doc:2 $.o", "[[\"n\" \"t\"]]");
      says(c, "JSON.OBJLEN doc:2", "4");
      says(c, "JSON.TOGGLE doc:2 $..t", "[nil 0]");
      says(c, "JSON.TOGGLE doc:2 .o.t", "\"true\"");
      says(c, "JSON.MERGE doc:2 $ '{\"o\":{\"t\":null,\"u\":1},\"t\":null}'", "+OK");
      says(c, "JSON.GET doc:2 $", "\"[{\"l\":[2,3],\"n\":20,\"o\":{\"n\":4.5,\"u\":1}}]\"");
      says(c, "JSON.CLEAR doc:2 $.*", "3");
      says(c, "JSON.GET doc:2", "\"{\"l\":[],\"n\":0,\"o\":{}}\"");
      says(c, "JSON.STRLEN doc:404 .t", "nil");
      assertThat(c.line("JSON.NUMINCRBY doc:404 .t 1")).startsWith("-ERR could not perform this");
      c.line("HELLO 3");
      says(c, "JSON.NUMINCRBY doc:2 $..n 2", "[2]");
      says(c, "JSON.TYPE doc:2 $.n", "[[\"integer\"]]");
    }
  }

  @Test
  void severalDocumentsAreSetTogether() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      says(c, "JSON.MSET doc:5 $ 1 doc:5 $ 2", "+OK");
      says(c, "JSON.GET doc:5", "\"2\"");
      assertThat(c.line("JSON.MSET doc:5 $ 3 doc:5 $ {")).startsWith("-ERR");
      says(c, "JSON.GET doc:5", "\"2\"");
    }
  }

  @Test
  void jedissCommandsWork() {
    for (RedisProtocol protocol : List.of(RedisProtocol.RESP2, RedisProtocol.RESP3)) {
      try (UnifiedJedis c =
          new UnifiedJedis("redis://127.0.0.1:" + rig.port() + "?protocol=" + protocol.version())) {
        c.del("doc:7");
        assertThat(c.jsonSet("doc:7", Path2.ROOT_PATH, "{\"a\":{\"b\":[1,2]},\"n\":1}"))
            .isEqualTo("OK");
        assertThat(c.jsonSet("doc:7", Path2.ROOT_PATH, "1", new JsonSetParams().nx())).isNull();
        assertThat(String.valueOf(c.jsonGet("doc:7", Path2.of("$.a.b")))).isEqualTo("[[1,2]]");
        assertThat(c.jsonArrAppend("doc:7", Path2.of("$.a.b"), 3)).containsExactly(3L);
        assertThat(String.valueOf(c.jsonNumIncrBy("doc:7", Path2.of("$.n"), 1.5)))
            .startsWith("[2.5");
        assertThat(c.jsonType("doc:7", Path2.of("$.a"))).containsExactly(Object.class);
        assertThat(c.jsonDel("doc:7", Path2.of("$.a"))).isEqualTo(1);
        assertThat(c.jsonMGet(Path2.of("$.n"), "doc:7").getFirst().toString()).isEqualTo("[2.5]");
      }
    }
  }

  private static JsonNode parse(String text) throws KvError {
    return JsonText.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String at(String document, String path) throws KvError {
    return JsonPath.of(path).in(parse(document)).stream()
        .map(m -> JsonText.print(m.value()))
        .toList()
        .toString();
  }

  @Test
  void pathsFindWhatTheySay() throws KvError {
    String list = "{\"l\":[{\"p\":5,\"n\":\"a\"},{\"p\":12,\"n\":\"b\"},{\"n\":\"c\"}],\"x\":10}";
    assertThat(at(list, "$.l[?(@.p<10)].n")).isEqualTo("[\"a\"]");
    assertThat(at(list, "$.l[?(@.p>$.x || @.n=='c')].n")).isEqualTo("[\"b\", \"c\"]");
    assertThat(at(list, "$.l[?(@.p)].n")).isEqualTo("[\"a\", \"b\"]");
    assertThat(at(list, "$.l[?(!(@.p))].n")).isEqualTo("[\"c\"]");
    assertThat(at(list, "$.l[0:2].p")).isEqualTo("[5, 12]");
    assertThat(at(list, "$.l[::2].n")).isEqualTo("[\"a\", \"c\"]");
    assertThat(at(list, "$['x','l'][-1].n")).isEqualTo("[\"c\"]");
    assertThat(at(list, "$..n")).isEqualTo("[\"a\", \"b\", \"c\"]");
    assertThat(at(list, ".l[1]['n']")).isEqualTo("[\"b\"]");
    assertThat(at("{\"a.b\":{\"c'\":1}}", "$[\"a.b\"]['c\\'']")).isEqualTo("[1]");
    for (String wrong :
        List.of(
            "$.",
            "$[",
            "$[?(",
            "$[?(@.a==)]",
            "$..",
            "$x y",
            "$[1:2:0]",
            "$['a",
            "$[?(@.a =~ 'x')]",
            "$[99999999999]")) {
      assertThatThrownBy(() -> JsonPath.of(wrong)).as(wrong).isInstanceOf(KvError.class);
    }
  }

  @Test
  void anyTextIsAPathOrRefusedAndNoPathTakesForEver() throws KvError {
    JsonNode document = parse("[" + "[[1,[2,[3]]],{\"a\":[1,2]}],".repeat(200) + "0]");
    Seeded.rounds(
        61,
        3000,
        random -> {
          String valid =
              random.pick(
                  List.of(
                      "$..a[?(@.b<1&&@['c']=='x')][0:2]",
                      ".a.b[1]",
                      "$..*..*",
                      "$[?(@[?(@.x)])]",
                      "$['a','b'][1,2]"));
          byte[] bytes = random.mutate(valid.getBytes(StandardCharsets.UTF_8));
          try {
            JsonPath.of(new String(bytes, StandardCharsets.UTF_8)).in(document);
          } catch (KvError e) {
            assertThat(e.reply()).startsWith("ERR ");
          }
        });
    JsonNode deep = parse("[".repeat(100) + "1" + "]".repeat(100));
    assertThatThrownBy(() -> JsonPath.of("$" + "..*".repeat(60)).in(deep))
        .isInstanceOf(KvError.class);
  }
}

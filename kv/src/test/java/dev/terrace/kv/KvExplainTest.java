package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class KvExplainTest {

  private static final TerraceConfig FILE =
      KvRig.parse(
          """
          listen: {kv: "127.0.0.1:0"}
          stores:
            shop:
              engine: postgresql
              database: shop
              shards:
                - {primary: "127.0.0.1:5501", replicas: ["127.0.0.1:5502"]}
                - {primary: "127.0.0.1:5511", replicas: []}
          tables:
            products: {store: shop, shard: everywhere}
            users: {store: shop, shard: hash(id)}
          collections:
            product: {table: products, key: id, cache: {ttl: 10m}}
            user: {table: users, key: id}
          """);

  private static List<String> explain(String command) {
    Pools pools = new Pools();
    pools.configure(PoolSpecs.of(FILE));
    return KvExplain.explain(FILE, pools, command).steps().stream()
        .map((Step s) -> s.subject() + "=" + s.choice())
        .toList();
  }

  @Test
  void aReadSaysTheWholeWay() {
    assertThat(explain("HGETALL user:1"))
        .containsExactly(
            "command=hgetall",
            "collection=user",
            "table=users of store shop",
            "cache=none",
            "shard=0",
            "member=127.0.0.1:5502",
            "promise=reads on this node see its own writes at once; never older than 1s");
    assertThat(explain("hget product:42 name"))
        .contains(
            "cache=in process",
            "promise=reads on this node see its own writes at once; never older than 10m 1s");
  }

  @Test
  void aWriteEverywhereNamesAllPrimaries() {
    assertThat(explain("HSET product:42 name x"))
        .contains("shard=all", "member=127.0.0.1:5501", "member=127.0.0.1:5511");
  }

  @Test
  void whatCannotBeDoneSaysWhy() {
    assertThat(explain("NOPE x")).containsExactly("command=refused");
    assertThat(explain("FLUSHALL")).containsExactly("command=refused");
    assertThat(explain("GET")).containsExactly("command=refused");
    assertThat(explain("GET other:1")).containsExactly("command=get", "collection=refused");
    assertThat(explain("HGETALL user:x")).endsWith("key=refused");
    assertThat(explain("PING")).containsExactly("command=ping", "answer=this node");
  }
}

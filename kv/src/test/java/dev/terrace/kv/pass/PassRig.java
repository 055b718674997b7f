package dev.terrace.kv.pass;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Engines;
import dev.terrace.kv.KvFront;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.sandbox.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;

/** A front whose default store is some Redis servers. */
final class PassRig implements AutoCloseable {

  final List<RedisServer> nodes;
  final Signals signals = new Signals();
  final EventLoops loops = EventLoops.start(Transport.best(), 2);
  final KvFront front;

  private PassRig(List<RedisServer> nodes) {
    this.nodes = nodes;
    this.front =
        new KvFront(
            loops,
            new Pools(),
            new Replication().progress(),
            Engines.installed(),
            TableWrites.UNHEEDED,
            new CertificateStore(signals),
            signals);
  }

  /** Starts nodes and a front before them. */
  static PassRig start(int count, String kvSettings) throws Exception {
    List<RedisServer> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(RedisServer.start());
    }
    return over(nodes, kvSettings, "");
  }

  static PassRig over(List<RedisServer> nodes, String kvSettings, String more) throws Exception {
    PassRig rig = new PassRig(nodes);
    rig.serve(nodes, kvSettings, more);
    return rig;
  }

  /** Serves these nodes from now on. */
  void serve(List<RedisServer> served, String kvSettings, String more) throws Exception {
    StringBuilder shards = new StringBuilder();
    for (int i = 0; i < served.size(); i++) {
      shards
          .append(i == 0 ? "" : ", ")
          .append("{primary: \"")
          .append(served.get(i).address())
          .append("\"}");
    }
    String file =
        "listen: {kv: \"127.0.0.1:0\"}\nkv: {default: cache"
            + (kvSettings.isEmpty() ? "" : ", " + kvSettings)
            + "}\nstores:\n  cache: {engine: redis, shards: ["
            + shards
            + "]}\n"
            + more;
    front.configure(ConfigFile.parse("test.yaml", file, Map.of()).orThrow());
  }

  RedisServer node(int number) {
    return nodes.get(number);
  }

  int port() {
    return front.addresses().getFirst().port();
  }

  Wire wire() throws IOException {
    return new Wire(port());
  }

  Jedis client() {
    return client(port());
  }

  static Jedis client(int port) {
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder()
            .protocol(RedisProtocol.RESP2)
            .socketTimeoutMillis(20_000)
            .build());
  }

  @Override
  public void close() {
    front.close();
    loops.close();
    nodes.forEach(RedisServer::close);
  }
}

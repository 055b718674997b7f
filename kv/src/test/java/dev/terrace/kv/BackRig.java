package dev.terrace.kv;

import dev.terrace.kv.back.WriteBackState;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import redis.clients.jedis.Jedis;

/** A rig whose file has collections with write back besides the others. */
final class BackRig implements AutoCloseable {

  private static final String COLLECTIONS =
      """
        bitem: {table: items, key: id, expires: expires_at, cache: {ttl: 10m, write: back, flush: 20ms}}
        bpage: {table: pages, key: path, value: body, expires: expires_at, cache: {ttl: 10m, write: back, flush: 20ms}}
        bword: {table: words, key: id, cache: {ttl: 10m, write: back, flush: 20ms}}
        bcounter: {table: counters, key: id, value: n, shape: counter, cache: {ttl: 10m, write: back, flush: 200ms}}
        bblob: {table: blobs, key: id, value: body, cache: {ttl: 10m, write: back, flush: 20ms}}
      """;

  final KvRig rig;

  private BackRig(KvRig rig) {
    this.rig = rig;
  }

  /** Starts with the tables emptied and the journal in that folder. */
  static BackRig start(PostgresCluster cluster, Path folder, String journal) throws Exception {
    return new BackRig(started(KvRig.start(cluster, ""), folder, journal));
  }

  /** Starts on the tables as they are. */
  static BackRig resume(PostgresCluster cluster, Path folder, String journal) throws Exception {
    return new BackRig(started(KvRig.resume(cluster, ""), folder, journal));
  }

  private static KvRig started(KvRig rig, Path folder, String journal) throws Exception {
    rig.configure(file(rig, folder, journal));
    return rig;
  }

  /** The file that such a rig serves. */
  static String file(KvRig rig, Path folder, String journal) {
    return rig.file("journal: {folder: \"" + folder + "\"" + journal + "}") + COLLECTIONS;
  }

  Jedis client() {
    return rig.client();
  }

  WriteBackState state() {
    return rig.front.back().state().orElseThrow();
  }

  /** Waits until the store has all. */
  void flushed() {
    Await.until("all is in the store", Duration.ofSeconds(30), () -> state().dirtyKeys() == 0);
  }

  @Override
  public void close() {
    rig.close();
  }
}

package dev.terrace.kv;

import redis.clients.jedis.RedisProtocol;

/** Every command over RESP2. */
class KvCommandsResp2Test extends KvCommandsContract {
  KvCommandsResp2Test() {
    super(RedisProtocol.RESP2);
  }
}

package dev.terrace.kv;

import redis.clients.jedis.RedisProtocol;

/** Every command over RESP3. */
class KvCommandsResp3Test extends KvCommandsContract {
  KvCommandsResp3Test() {
    super(RedisProtocol.RESP3);
  }
}

package dev.terrace.engines.redis;

import dev.terrace.engine.Announcements;
import dev.terrace.engine.Engines;
import dev.terrace.sandbox.CacheServer;
import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.engine.AnnouncementsContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Redis keeps the contract of announcements. */
@NeedsProgram("redis-server")
class RedisAnnouncementsTest extends AnnouncementsContract {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RedisServer redis;

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Override
  protected Announcements open(Duration timeout) {
    return Engines.installed().announcements("valkey", TestSettings.plain(timeout));
  }

  @Override
  protected CacheServer process() {
    return redis;
  }
}

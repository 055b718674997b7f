package dev.terrace.engines.redis;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.link.StoreLinks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * Announcements over Redis's publish and subscribe. Channels begin with {@code terrace:}, so that
 * others may use the same server.
 */
final class RedisAnnouncements implements Announcements {

  private final StoreLinks<RedisLink> links;
  private final Set<Listening> listening = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor pulse;
  private volatile boolean closed;

  RedisAnnouncements(StoreSettings settings) {
    this.links = new StoreLinks<>(settings, new RedisLogin(settings));
    this.pulse =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name(settings.store() + "-pulse").factory());
    pulse.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void announce(Address server, String channel, byte[] message) throws EngineFailure {
    links.call(
        server,
        link -> {
          link.ask(new CommandArguments(Command.PUBLISH).add(full(channel)).add(message));
          return channel;
        });
  }

  @Override
  public void listen(Address server, String channel, Runnable ready, Consumer<byte[]> heard)
      throws EngineFailure {
    RedisLink link = links.open(server);
    Listening one = new Listening(link, ready, heard);
    listening.add(one);
    try {
      if (!closed) {
        one.run(pulse, full(channel));
      }
    } catch (IOException e) {
      if (!closed) {
        throw new EngineFailure(
            Kind.UNREACHABLE, "lost " + server + " while listening: " + e.getMessage(), e);
      }
    } finally {
      listening.remove(one);
      link.close();
    }
  }

  private static byte[] full(String channel) {
    return ("terrace:" + channel).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closed = true;
    listening.forEach(Listening::end);
    links.close();
    pulse.shutdownNow();
  }
}

package dev.terrace.engines.redis;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.link.StoreLinks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A Redis as a cache that nodes share. What a key holds there is told in {@link Script}; every key
 * begins with {@code terrace:cache:}, so that others may use the same database.
 */
final class RedisCache implements SharedCache {

  private static final byte[] PREFIX = "terrace:cache:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MARK = {'w'};

  /** Redis adds what it is given to the time, so that the largest number would overflow. */
  private static final long LIFE_MS_MAX = Duration.ofDays(3650).toMillis();

  private final StoreLinks<RedisLink> links;

  RedisCache(StoreSettings settings) {
    this.links = new StoreLinks<>(settings, new RedisLogin(settings));
  }

  @Override
  public List<Lookup> get(Address server, List<byte[]> keys, Duration lease) throws EngineFailure {
    return keys.isEmpty() ? List.of() : links.call(server, link -> get(link, keys, lease));
  }

  private static List<Lookup> get(RedisLink link, List<byte[]> keys, Duration lease)
      throws IOException, EngineFailure {
    CommandArguments command = new CommandArguments(Command.MGET);
    keys.forEach(key -> command.add(full(key)));
    if (!(link.ask(command) instanceof List<?> held) || held.size() != keys.size()) {
      throw new IOException("not one answer for each key");
    }
    List<@Nullable Lookup> found = new ArrayList<>(keys.size());
    List<Question> missing = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (held.get(i) instanceof byte[] bytes && isValue(bytes)) {
        found.add(hit(bytes));
      } else {
        found.add(null);
        long token = ThreadLocalRandom.current().nextLong();
        missing.add(new Question(i, full(keys.get(i)), token));
      }
    }
    if (!missing.isEmpty()) {
      takeLeases(link, missing, lease, found);
    }
    List<Lookup> whole = new ArrayList<>(keys.size());
    for (Lookup one : found) {
      if (one == null) {
        throw new IOException("not one answer for each script");
      }
      whole.add(one);
    }
    return whole;
  }

  /** A key that was not found. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Question(int index, byte[] key, long token) {}

  private static void takeLeases(
      RedisLink link, List<Question> missing, Duration lease, List<@Nullable Lookup> found)
      throws IOException, EngineFailure {
    List<@Nullable Object> answers =
        run(
            link,
            Script.LEASE,
            missing.stream().map(Question::key).toList(),
            i -> List.of(digits(missing.get(i).token()), digits(lifeMs(lease))));
    for (int i = 0; i < missing.size(); i++) {
      Question asked = missing.get(i);
      found.set(asked.index(), lookup(link, asked.token(), answers.get(i)));
    }
  }

  private static Lookup lookup(RedisLink link, long token, @Nullable Object answer)
      throws IOException, EngineFailure {
    if (answer instanceof JedisDataException e) {
      if (Refusals.isFull(e)) {
        // Loaded from where all writes are, since its mark cannot be told; and not filled.
        return new Lookup.Lease(token, true);
      }
      throw Refusals.failure(link.server(), e);
    }
    if (!(answer instanceof byte[] bytes) || bytes.length == 0) {
      throw new IOException("no answer of the script for leases");
    }
    return switch (bytes[0]) {
      case 'v' -> hit(bytes);
      case 'b' -> new Lookup.Busy();
      case 'w' -> new Lookup.Lease(token, true);
      default -> new Lookup.Lease(token, false);
    };
  }

  /** One run for each key, in one round; in two if the server has forgotten the script. */
  private static List<@Nullable Object> run(
      RedisLink link, Script script, List<byte[]> keys, IntFunction<List<byte[]>> arguments)
      throws IOException {
    for (int i = 0; i < keys.size(); i++) {
      link.send(with(script.byHash(keys.get(i)), arguments.apply(i)));
    }
    List<@Nullable Object> answers = new ArrayList<>(link.answers());
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (answers.get(i) instanceof JedisDataException e && Refusals.lacksScript(e)) {
        // After the first the server knows it.
        CommandArguments again =
            unknown.isEmpty() ? script.byText(keys.get(i)) : script.byHash(keys.get(i));
        link.send(with(again, arguments.apply(i)));
        unknown.add(i);
      }
    }
    List<@Nullable Object> second = link.answers();
    for (int i = 0; i < unknown.size(); i++) {
      answers.set(unknown.get(i), second.get(i));
    }
    return answers;
  }

  private static CommandArguments with(CommandArguments command, List<byte[]> arguments) {
    arguments.forEach(command::add);
    return command;
  }

  @Override
  public boolean fill(Address server, byte[] key, long token, byte[] value, Duration ttl)
      throws EngineFailure {
    byte[] kept = new byte[value.length + 1];
    kept[0] = 'v';
    System.arraycopy(value, 0, kept, 1, value.length);
    return links.call(
        server,
        link -> {
          Object answer =
              run(
                      link,
                      Script.FILL,
                      List.of(full(key)),
                      i -> List.of(digits(token), kept, digits(lifeMs(ttl))))
                  .getFirst();
          if (answer instanceof JedisDataException e && !Refusals.isFull(e)) {
            throw Refusals.failure(link.server(), e);
          }
          return answer instanceof Long put && put == 1;
        });
  }

  @Override
  public void written(Address server, List<byte[]> keys, Duration mark) throws EngineFailure {
    if (keys.isEmpty()) {
      return;
    }
    byte[] lifeMs = digits(lifeMs(mark));
    links.call(
        server,
        link -> {
          for (byte[] key : keys) {
            link.send(
                new CommandArguments(Command.SET).add(full(key)).add(MARK).add("PX").add(lifeMs));
          }
          for (Object answer : link.answers()) {
            if (answer instanceof JedisDataException e) {
              throw Refusals.isFull(e) ? removed(link, keys) : Refusals.failure(link.server(), e);
            }
          }
          return keys.size();
        });
  }

  /** Without memory there are no marks, but stale values must go. */
  private static EngineFailure removed(RedisLink link, List<byte[]> keys)
      throws IOException, EngineFailure {
    CommandArguments remove = new CommandArguments(Command.DEL);
    keys.forEach(key -> remove.add(full(key)));
    link.ask(remove);
    return new EngineFailure(
        Kind.REJECTED,
        link.server()
            + " has no memory left to mark what was written, so that its values were removed"
            + " without a mark; give it a maxmemory-policy such as allkeys-lru");
  }

  private static boolean isValue(byte[] held) {
    return held.length > 0 && held[0] == 'v';
  }

  private static Lookup hit(byte[] held) {
    return new Lookup.Hit(Arrays.copyOfRange(held, 1, held.length));
  }

  private static byte[] full(byte[] key) {
    byte[] full = Arrays.copyOf(PREFIX, PREFIX.length + key.length);
    System.arraycopy(key, 0, full, PREFIX.length, key.length);
    return full;
  }

  private static byte[] digits(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static long lifeMs(Duration duration) {
    return duration.compareTo(Duration.ofMillis(LIFE_MS_MAX)) >= 0
        ? LIFE_MS_MAX
        : Math.max(1, duration.toMillis());
  }

  @Override
  public void close() {
    links.close();
  }
}

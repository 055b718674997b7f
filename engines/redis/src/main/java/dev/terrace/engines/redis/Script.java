package dev.terrace.engines.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * What is done at once on the server, by its hash where it is known there.
 *
 * <p>A key holds one of three things, told apart by the first byte: {@code v} and a value; {@code
 * w}, the mark that it was written, for as long as it lives; {@code l}, a lease, with its token,
 * when it ends and until when the key counts as written, both in milliseconds of the server's
 * clock. A lease on a marked key outlives its own end, so that the mark does not go with it.
 */
enum Script {

  /** Takes a lease: the value if there is one by now, or {@code b}usy, {@code l}ease, {@code w}. */
  LEASE(
      """
      local held = redis.call('GET', KEYS[1])
      local kind = held and string.sub(held, 1, 1)
      if kind == 'v' then return held end
      local clock = redis.call('TIME')
      local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
      local written = 0
      if kind == 'w' then
        written = now + redis.call('PTTL', KEYS[1])
      elseif kind == 'l' then
        local ends, marked = string.match(held, '^l%S+ (%d+) (%d+)$')
        if ends and now < tonumber(ends) then return 'b' end
        written = tonumber(marked or 0)
      end
      local ends = now + tonumber(ARGV[2])
      local kept = string.format('%.0f', math.max(ends, written) - now)
      redis.call('SET', KEYS[1], string.format('l%s %.0f %.0f', ARGV[1], ends, written), 'PX', kept)
      return written > now and 'w' or 'l'
      """),

  /** Puts a value in the place of a lease that still holds; whether it did. */
  FILL(
      """
      local held = redis.call('GET', KEYS[1])
      local token, ends = string.match(held or '', '^l(%S+) (%d+) %d+$')
      if token ~= ARGV[1] then return 0 end
      local clock = redis.call('TIME')
      if clock[1] * 1000 + math.floor(clock[2] / 1000) >= tonumber(ends) then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return 1
      """);

  private final String text;
  private final String hash;

  Script(String text) {
    this.text = text;
    this.hash = hash(text);
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }

  /** Runs it by its hash, which the server may have forgotten. */
  CommandArguments byHash(byte[] key) {
    return new CommandArguments(Command.EVALSHA).add(hash).add(1).add(key);
  }

  /** Runs it by its text, which the server then keeps. */
  CommandArguments byText(byte[] key) {
    return new CommandArguments(Command.EVAL).add(text).add(1).add(key);
  }
}

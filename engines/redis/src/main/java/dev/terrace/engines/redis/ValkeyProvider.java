package dev.terrace.engines.redis;

/** Offers Valkey under the name {@code valkey}; it speaks as Redis does. */
public final class ValkeyProvider extends RedisProvider {

  @Override
  public String name() {
    return "valkey";
  }
}

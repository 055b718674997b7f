package dev.terrace.sql.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The settings that a server reports without being asked: version, encoding, time zone, ... */
public final class ParameterStatuses {

  /** What they say of the server, whatever a session does. */
  public static final Set<String> OF_SERVER = Set.of("in_hot_standby", "server_version");

  private final Map<String, String> values = new LinkedHashMap<>();
  private long fingerprint;

  /** Takes in the body of a ParameterStatus, which stays as it is. */
  void read(ByteBuf body) {
    read(
        body,
        (name, value) -> {
          String before = values.put(name, value);
          fingerprint += print(name, value) - (before == null ? 0 : print(name, before));
        });
  }

  private static long print(String name, String value) {
    long both = ((long) name.hashCode() << 32) ^ value.hashCode();
    return OF_SERVER.contains(name) ? 0 : (both ^ (both >>> 29)) * 0x9E3779B97F4A7C15L;
  }

  /** Differs where what is reported of the session does. */
  public long fingerprint() {
    return fingerprint;
  }

  /** Reads the body of a ParameterStatus, which stays as it is. */
  public static void read(ByteBuf body, BiConsumer<String, String> to) {
    int start = body.readerIndex();
    int middle = body.indexOf(start, body.writerIndex(), (byte) 0);
    int end = middle < 0 ? -1 : body.indexOf(middle + 1, body.writerIndex(), (byte) 0);
    if (end >= 0) {
      to.accept(
          body.toString(start, middle - start, StandardCharsets.UTF_8),
          body.toString(middle + 1, end - middle - 1, StandardCharsets.UTF_8));
    }
  }

  /** Whether a setting was last reported to be that. */
  boolean is(String name, String value) {
    return value.equals(values.get(name));
  }

  /** The settings as they are now. */
  public Map<String, String> snapshot() {
    return Map.copyOf(values);
  }
}

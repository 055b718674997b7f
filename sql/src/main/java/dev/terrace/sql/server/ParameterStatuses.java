package dev.terrace.sql.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings that a server reports without being asked: version, encoding, time zone, ... */
public final class ParameterStatuses {

  private final Map<String, String> values = new LinkedHashMap<>();

  /** Takes in the body of a ParameterStatus, which stays as it is. */
  void read(ByteBuf body) {
    int start = body.readerIndex();
    int middle = body.indexOf(start, body.writerIndex(), (byte) 0);
    int end = middle < 0 ? -1 : body.indexOf(middle + 1, body.writerIndex(), (byte) 0);
    if (end >= 0) {
      values.put(
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

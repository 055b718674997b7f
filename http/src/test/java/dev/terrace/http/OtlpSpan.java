package dev.terrace.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A span as OTLP sends it, read from protobuf by hand: field numbers are those of
 * opentelemetry/proto/trace/v1/trace.proto.
 *
 * @param kind 2 for a server's, 3 for a client's
 */
record OtlpSpan(
    String trace,
    String span,
    String parent,
    String name,
    int kind,
    Map<String, String> attributes) {

  /** All spans of an export request: resource_spans (1), scope_spans (2), spans (2). */
  static List<OtlpSpan> read(byte[] request) {
    List<OtlpSpan> spans = new ArrayList<>();
    messages(
        request,
        1,
        resource ->
            messages(resource, 2, scope -> messages(scope, 2, span -> spans.add(span(span)))));
    return spans;
  }

  private interface Body {
    void take(byte[] message);
  }

  private static void messages(byte[] in, int wanted, Body body) {
    fields(
        in,
        (number, value) -> {
          if (number == wanted && value instanceof byte[] message) {
            body.take(message);
          }
        });
  }

  private static OtlpSpan span(byte[] in) {
    Map<Integer, byte[]> bytes = new TreeMap<>();
    int[] kind = new int[1];
    Map<String, String> attributes = new TreeMap<>();
    fields(
        in,
        (number, value) -> {
          if (number == 9 && value instanceof byte[] attribute) {
            attribute(attribute, attributes);
          } else if (value instanceof byte[] some) {
            bytes.put(number, some);
          } else if (number == 6 && value instanceof Long some) {
            kind[0] = some.intValue();
          }
        });
    HexFormat hex = HexFormat.of();
    byte[] none = {};
    return new OtlpSpan(
        hex.formatHex(bytes.getOrDefault(1, none)),
        hex.formatHex(bytes.getOrDefault(2, none)),
        hex.formatHex(bytes.getOrDefault(4, none)),
        new String(bytes.getOrDefault(5, none), StandardCharsets.UTF_8),
        kind[0],
        attributes);
  }

  private static void attribute(byte[] in, Map<String, String> to) {
    StringBuilder key = new StringBuilder();
    fields(
        in,
        (number, value) -> {
          if (value instanceof byte[] bytes && number == 1) {
            key.append(new String(bytes, StandardCharsets.UTF_8));
          } else if (value instanceof byte[] any) {
            fields(
                any,
                (kind, scalar) ->
                    to.put(
                        key.toString(),
                        scalar instanceof byte[] text
                            ? new String(text, StandardCharsets.UTF_8)
                            : scalar.toString()));
          }
        });
  }

  private static void fields(byte[] message, BiConsumer<Integer, Object> to) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> to.accept(number, varint(in));
        case 1 -> to.accept(number, in.getLong());
        case 2 -> {
          byte[] bytes = new byte[(int) varint(in)];
          in.get(bytes);
          to.accept(number, bytes);
        }
        case 5 -> to.accept(number, in.getInt());
        default -> throw new IllegalArgumentException("wire type of tag " + tag);
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      number |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return number;
      }
    }
  }
}

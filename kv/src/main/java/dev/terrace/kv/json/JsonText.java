package dev.terrace.kv.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import dev.terrace.kv.data.KvError;
import java.io.IOException;
import java.util.Map;

/** Reads documents from text, no deeper than RedisJSON does, and prints them. */
public final class JsonText {

  private static final int DEPTH_MAX = 128;
  private static final ObjectReader READER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A document's numbers stay as exact as the column has them.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .readerFor(JsonNode.class);

  /**
   * How a document is printed; all empty: as short as can be.
   *
   * @param indent stands before a line once for each level
   * @param newline ends a line
   * @param space stands after a colon
   */
  public record Form(String indent, String newline, String space) {
    /** The shortest. */
    public static final Form COMPACT = new Form("", "", "");
  }

  private final StringBuilder out = new StringBuilder();
  private final Form form;

  private JsonText(Form form) {
    this.form = form;
  }

  /** Reads a document that a client sent, or that a column holds. */
  public static JsonNode parse(byte[] text) throws KvError {
    try {
      JsonNode node = READER.readValue(text);
      if (node == null || node.isMissingNode()) {
        throw KvError.of("expected value at line 1 column 1");
      }
      return node;
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + " column "
                  + e.getLocation().getColumnNr();
      throw KvError.of(firstLine(e.getOriginalMessage()) + where);
    } catch (IOException e) {
      throw KvError.of("not JSON: " + e.getMessage());
    }
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /** Prints a document as short as can be. */
  public static String print(JsonNode node) {
    return print(node, Form.COMPACT);
  }

  /** Prints a document in that form. */
  public static String print(JsonNode node, Form form) {
    JsonText text = new JsonText(form);
    text.write(node, 0);
    return text.out.toString();
  }

  private void write(JsonNode node, int depth) {
    if (node.isObject()) {
      object(node, depth);
    } else if (node.isArray()) {
      out.append('[');
      boolean first = true;
      for (JsonNode element : node) {
        next(first, depth);
        first = false;
        write(element, depth + 1);
      }
      end(first, depth);
      out.append(']');
    } else if (node.isTextual()) {
      string(node.textValue());
    } else {
      out.append(node.asText());
    }
  }

  private void object(JsonNode node, int depth) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      next(first, depth);
      first = false;
      string(field.getKey());
      out.append(':').append(form.space());
      write(field.getValue(), depth + 1);
    }
    end(first, depth);
    out.append('}');
  }

  private void next(boolean first, int depth) {
    out.append(first ? "" : ",").append(form.newline()).repeat(form.indent(), depth + 1);
  }

  private void end(boolean empty, int depth) {
    if (!empty) {
      out.append(form.newline()).repeat(form.indent(), depth);
    }
  }

  private void string(String text) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }
}

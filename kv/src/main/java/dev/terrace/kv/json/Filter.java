package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A condition on an element: {@code @.price < 10 && @.name == 'tea'}. */
sealed interface Filter {

  /** Whether it holds for an element of the document. */
  boolean holds(JsonNode element, Search search);

  /** Both. */
  record And(Filter left, Filter right) implements Filter {
    @Override
    public boolean holds(JsonNode element, Search search) {
      return left.holds(element, search) && right.holds(element, search);
    }
  }

  /** One at least. */
  record Or(Filter left, Filter right) implements Filter {
    @Override
    public boolean holds(JsonNode element, Search search) {
      return left.holds(element, search) || right.holds(element, search);
    }
  }

  /** Not that. */
  record Not(Filter inner) implements Filter {
    @Override
    public boolean holds(JsonNode element, Search search) {
      return !inner.holds(element, search);
    }
  }

  /** A comparison of the first value that each side has. */
  record Compare(Operand left, String operator, Operand right) implements Filter {
    @Override
    public boolean holds(JsonNode element, Search search) {
      JsonNode a = left.value(element, search);
      JsonNode b = right.value(element, search);
      if (a == null || b == null) {
        return false;
      }
      return switch (operator) {
        case "==" -> equal(a, b);
        case "!=" -> !equal(a, b);
        case "<" -> ordered(a, b) && compare(a, b) < 0;
        case "<=" -> ordered(a, b) && compare(a, b) <= 0;
        case ">" -> ordered(a, b) && compare(a, b) > 0;
        default -> ordered(a, b) && compare(a, b) >= 0;
      };
    }

    private static boolean equal(JsonNode a, JsonNode b) {
      return ordered(a, b) ? compare(a, b) == 0 : a.equals(b);
    }

    private static boolean ordered(JsonNode a, JsonNode b) {
      return (a.isNumber() && b.isNumber()) || (a.isTextual() && b.isTextual());
    }

    private static int compare(JsonNode a, JsonNode b) {
      return a.isNumber()
          ? a.isIntegralNumber()
                  && b.isIntegralNumber()
                  && a.canConvertToLong()
                  && b.canConvertToLong()
              ? Long.compare(a.longValue(), b.longValue())
              : Double.compare(a.doubleValue(), b.doubleValue())
          : a.textValue().compareTo(b.textValue());
    }
  }

  /** Whether the path leads anywhere. */
  record Exists(Operand operand) implements Filter {
    @Override
    public boolean holds(JsonNode element, Search search) {
      return operand.value(element, search) != null;
    }
  }

  /** What is compared. */
  sealed interface Operand {

    /** Its value, or null if there is none. */
    @Nullable JsonNode value(JsonNode element, Search search);

    /** {@code 10}, {@code 'tea'}. */
    record Literal(JsonNode constant) implements Operand {
      @Override
      public JsonNode value(JsonNode element, Search search) {
        return constant;
      }
    }

    /** {@code @.price} from the element, {@code $.limit} from the document. */
    record Path(JsonPath path, boolean fromElement) implements Operand {
      @Override
      public @Nullable JsonNode value(JsonNode element, Search search) {
        List<Match> found = path.search(fromElement ? element : search.document(), search);
        return found.isEmpty() ? null : found.getFirst().value();
      }
    }
  }
}

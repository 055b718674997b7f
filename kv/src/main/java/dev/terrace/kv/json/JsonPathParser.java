package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.Filter.Operand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads paths; their length and depth are bounded. */
final class JsonPathParser {

  private static final int LENGTH_MAX = 4096;
  private static final int STEPS_MAX = 128;
  private static final int FILTERS_MAX = 32;
  private static final String[] OPERATORS = {"==", "!=", "<=", ">=", "<", ">"};

  private final String text;
  private int at;
  private int depth;

  JsonPathParser(String text) {
    this.text = text;
  }

  JsonPath whole() throws KvError {
    if (text.length() > LENGTH_MAX) {
      throw wrong("it is longer than " + LENGTH_MAX + " characters");
    }
    boolean legacy = !text.startsWith("$");
    List<Step> steps;
    if (!legacy) {
      at = 1;
      steps = steps();
    } else if (text.isEmpty() || text.equals(".")) {
      return new JsonPath(text, true, List.of());
    } else {
      steps = new ArrayList<>();
      if (text.charAt(0) != '.' && text.charAt(0) != '[') {
        steps.add(new Step.Names(List.of(name())));
      }
      steps.addAll(steps());
    }
    if (at < text.length()) {
      throw wrong("'" + text.charAt(at) + "' is not expected");
    }
    return new JsonPath(text, legacy, List.copyOf(steps));
  }

  private KvError wrong(String why) {
    return KvError.of("JSON Path error: path '" + text + "' at position " + (at + 1) + ": " + why);
  }

  private boolean ahead(String token) {
    return text.startsWith(token, at);
  }

  private boolean take(String token) {
    if (ahead(token)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private void need(String token) throws KvError {
    spaces();
    if (!take(token)) {
      throw wrong("'" + token + "' is expected");
    }
  }

  private void spaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  /** Steps until something comes that is none. */
  private List<Step> steps() throws KvError {
    List<Step> steps = new ArrayList<>();
    while (ahead(".") || ahead("[")) {
      if (steps.size() >= STEPS_MAX) {
        throw wrong("it has more than " + STEPS_MAX + " steps");
      }
      if (take("..")) {
        steps.add(new Step.Descend());
        steps.add(ahead("[") ? bracket() : named());
      } else if (take(".")) {
        steps.add(ahead("[") ? bracket() : named());
      } else {
        steps.add(bracket());
      }
    }
    return steps;
  }

  private Step named() throws KvError {
    return take("*") ? new Step.All() : new Step.Names(List.of(name()));
  }

  private String name() throws KvError {
    int start = at;
    while (at < text.length() && isName(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw wrong("a name is expected");
    }
    return text.substring(start, at);
  }

  private static boolean isName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '$' || c > 127;
  }

  private Step bracket() throws KvError {
    need("[");
    spaces();
    Step step;
    if (take("*")) {
      step = new Step.All();
    } else if (take("?")) {
      need("(");
      step = new Step.Where(or());
      need(")");
    } else if (ahead("'") || ahead("\"")) {
      List<String> names = new ArrayList<>();
      do {
        spaces();
        names.add(quoted());
        spaces();
      } while (take(","));
      step = new Step.Names(names);
    } else {
      step = numbers();
    }
    need("]");
    return step;
  }

  private Step numbers() throws KvError {
    Integer first = number();
    spaces();
    if (!ahead(":")) {
      List<Integer> indexes = new ArrayList<>();
      indexes.add(needed(first));
      while (take(",")) {
        spaces();
        indexes.add(needed(number()));
        spaces();
      }
      return new Step.Indexes(indexes);
    }
    take(":");
    spaces();
    Integer end = number();
    spaces();
    Integer step = null;
    if (take(":")) {
      spaces();
      step = number();
      if (step != null && step <= 0) {
        throw wrong("a step must be positive");
      }
    }
    return new Step.Slice(first, end, step == null ? 1 : step);
  }

  private int needed(@Nullable Integer number) throws KvError {
    if (number == null) {
      throw wrong("a name in quotes, a number or * is expected");
    }
    return number;
  }

  private @Nullable Integer number() throws KvError {
    int start = at;
    take("-");
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      return null;
    }
    try {
      return Integer.valueOf(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw wrong("'" + text.substring(start, at) + "' is no index");
    }
  }

  private String quoted() throws KvError {
    char quote = at < text.length() ? text.charAt(at) : ' ';
    if (quote != '\'' && quote != '"') {
      throw wrong("a quote is expected");
    }
    StringBuilder name = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        at++;
        return name.toString();
      }
      if (c == '\\' && at + 1 < text.length()) {
        c = text.charAt(++at);
      }
      name.append(c);
    }
    throw wrong("a quote is not closed");
  }

  private Filter or() throws KvError {
    Filter left = and();
    for (spaces(); take("||"); spaces()) {
      left = new Filter.Or(left, and());
    }
    return left;
  }

  private Filter and() throws KvError {
    Filter left = term();
    for (spaces(); take("&&"); spaces()) {
      left = new Filter.And(left, term());
    }
    return left;
  }

  private Filter term() throws KvError {
    if (++depth > FILTERS_MAX) {
      throw wrong("it has more than " + FILTERS_MAX + " conditions");
    }
    spaces();
    if (ahead("!") && !ahead("!=")) {
      take("!");
      return new Filter.Not(term());
    }
    if (take("(")) {
      Filter inner = or();
      need(")");
      return inner;
    }
    Operand left = operand();
    spaces();
    if (ahead("=~")) {
      throw wrong("regular expressions are not supported");
    }
    for (String operator : OPERATORS) {
      if (take(operator)) {
        spaces();
        return new Filter.Compare(left, operator, operand());
      }
    }
    return new Filter.Exists(left);
  }

  private Operand operand() throws KvError {
    if (ahead("@") || ahead("$")) {
      boolean element = ahead("@");
      at++;
      return new Operand.Path(new JsonPath(text, false, List.copyOf(steps())), element);
    }
    if (ahead("'") || ahead("\"")) {
      return new Operand.Literal(TextNode.valueOf(quoted()));
    }
    if (take("true")) {
      return new Operand.Literal(BooleanNode.TRUE);
    }
    if (take("false")) {
      return new Operand.Literal(BooleanNode.FALSE);
    }
    if (take("null")) {
      return new Operand.Literal(NullNode.instance);
    }
    return new Operand.Literal(constant());
  }

  private com.fasterxml.jackson.databind.JsonNode constant() throws KvError {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      BigDecimal number = new BigDecimal(text.substring(start, at));
      return number.scale() == 0 && number.precision() < 19
          ? JsonNodeFactory.instance.numberNode(number.longValueExact())
          : DecimalNode.valueOf(number);
    } catch (NumberFormatException e) {
      throw wrong("a value is expected");
    }
  }
}

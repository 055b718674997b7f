package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters that a statement uses more than once, not always as the same type: where Parse
 * leaves the type open, PostgreSQL takes that of one of the uses and casts it for the others, and
 * which one it was tells how a value in binary format is to be read.
 */
final class RetypedParameters {

  private static final String UNCAST = "";
  private static final Set<String> WHOLES =
      Set.of("int", "integer", "int4", "bigint", "int8", "smallint", "int2");

  /** Types of several words, which are not told apart here. */
  private static final Set<String> LONG = Set.of("timestamp", "time", "double", "character");

  private RetypedParameters() {}

  static Set<Integer> of(Lexed lexed) {
    if (lexed.parameterCount == 0) {
      return Set.of();
    }
    Map<Integer, List<String>> uses = new HashMap<>();
    for (int token = 0; token < lexed.size(); token++) {
      if (lexed.kind(token) == Token.PARAMETER) {
        uses.computeIfAbsent(lexed.number(token), n -> new ArrayList<>()).add(use(lexed, token));
      }
    }
    Set<Integer> retyped = new HashSet<>();
    uses.forEach((number, types) -> {
      Set<String> different = new HashSet<>(types);
      boolean same = different.size() == 1 && !LONG.contains(types.getFirst());
      if (types.size() > 1 && !same) {
        retyped.add(number);
      }
    });
    return Set.copyOf(retyped);
  }

  /** The first word of the type that a parameter is cast to; empty if it is not cast. */
  private static String use(Lexed lexed, int token) {
    String next = value(lexed, token + 1);
    boolean function = next.equals("as") && value(lexed, token - 2).equals("cast");
    if (!next.equals("::") && !function) {
      return UNCAST;
    }
    String type = value(lexed, token + 2);
    return WHOLES.contains(type) ? "bigint" : type;
  }

  private static String value(Lexed lexed, int token) {
    boolean word =
        token >= 0
            && token < lexed.size()
            && (lexed.kind(token) == Token.WORD || lexed.kind(token) == Token.PUNCTUATION);
    return word ? lexed.value(token) : "";
  }
}

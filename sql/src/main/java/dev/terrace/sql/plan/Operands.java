package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Recognises the expressions whose value Terrace can work out as PostgreSQL would. */
final class Operands {

  private static final Set<String> TEXTS = Set.of("text", "varchar", "character varying");
  private static final Set<String> WHOLES =
      Set.of("int", "integer", "int4", "bigint", "int8", "smallint", "int2");

  private static final Set<String> NUMERICS = Set.of("numeric", "decimal", "dec");
  private static final Set<String> TIMESTAMPS = Set.of("timestamp", "timestamp without time zone");
  private static final Set<String> TIMESTAMPTZS = Set.of("timestamptz", "timestamp with time zone");

  private Operands() {}

  /** The operand that an expression of a key's type is. */
  static Optional<Operand> of(Expr expression, KeyType type) {
    return switch (expression) {
      case Expr.Literal(int slot, boolean number) -> Optional.of(new Operand.Constant(slot, false));
      case Expr.Parameter(int number) -> Optional.of(new Operand.Bound(number));
      case Expr.Null() -> Optional.of(new Operand.Nothing());
      case Expr.Truth(boolean value) when type == KeyType.BOOLEAN ->
          Optional.of(new Operand.Truth(value));
      case Expr.Minus(Expr.Literal(int slot, boolean number))
          when number && (type == KeyType.BIGINT || type == KeyType.NUMERIC) ->
          Optional.of(new Operand.Constant(slot, true));
      case Expr.Cast(Expr inner, Expr.TypeName name) when keeps(name, type) -> inCast(inner, type);
      case Expr.Cast cast when type == KeyType.NUMERIC && keeps(cast.type(), KeyType.BIGINT) ->
          of(cast, KeyType.BIGINT).map(Operand.Whole::new);
      default -> Optional.empty();
    };
  }

  /** The operand under a cast to a key's type; by way of text it comes to the same. */
  private static Optional<Operand> inCast(Expr inner, KeyType type) {
    if (inner instanceof Expr.Cast(Expr source, Expr.TypeName name)
        && type != KeyType.TEXT
        && keeps(name, KeyType.TEXT)
        && (source instanceof Expr.Literal || source instanceof Expr.Parameter)) {
      return source instanceof Expr.Parameter(int number)
          ? Optional.of(new Operand.BoundText(number))
          : of(source, type);
    }
    return of(inner, type);
  }

  /** Whether a cast to that type leaves a key's value as it is. */
  private static boolean keeps(Expr.TypeName name, KeyType type) {
    if (name.modified() || name.array()) {
      return false;
    }
    String plain =
        name.name().startsWith("pg_catalog.")
            ? name.name().substring("pg_catalog.".length())
            : name.name();
    return switch (type) {
      case BIGINT -> WHOLES.contains(plain);
      case NUMERIC -> NUMERICS.contains(plain);
      case TEXT -> TEXTS.contains(plain);
      // To char alone it would be cut to one letter.
      case BPCHAR -> plain.equals("bpchar") || TEXTS.contains(plain);
      case BYTEA -> plain.equals("bytea");
      case BOOLEAN -> plain.equals("bool") || plain.equals("boolean");
      case UUID -> plain.equals("uuid");
      case DATE -> plain.equals("date");
      case TIMESTAMP -> TIMESTAMPS.contains(plain);
      case TIMESTAMPTZ -> TIMESTAMPTZS.contains(plain);
    };
  }

  /** The operands of an IN list or a row; empty if one of them is not known. */
  static Optional<List<Operand>> all(Expr list, KeyType type) {
    if (list instanceof Expr.LiteralList(int slot)) {
      return Optional.of(List.of(new Operand.Constants(slot)));
    }
    return list instanceof Expr.Row(List<Expr> items) ? each(items, type) : Optional.empty();
  }

  private static Optional<List<Operand>> each(List<Expr> items, KeyType type) {
    List<Operand> operands = new ArrayList<>(items.size());
    for (Expr item : items) {
      Optional<Operand> operand = of(item, type);
      if (operand.isEmpty()) {
        return Optional.empty();
      }
      operands.add(operand.get());
    }
    return Optional.of(operands);
  }

  /** The operands that the argument of = ANY stands for. */
  static Optional<List<Operand>> elements(Expr array, KeyType type) {
    return switch (array) {
      case Expr.Literal(int slot, boolean number) when !number ->
          Optional.of(List.of(new Operand.ConstantArray(slot)));
      case Expr.Parameter(int number) -> Optional.of(List.of(new Operand.BoundArray(number)));
      case Expr.ArrayOf(List<Expr> items) -> each(items, type);
      case Expr.Cast(Expr inner, Expr.TypeName name)
          when name.array()
              && keeps(new Expr.TypeName(name.name(), name.modified(), false), type) ->
          elements(inner, type);
      case Expr.Cast cast when type == KeyType.NUMERIC && isWholeArray(cast.type()) ->
          elements(cast, KeyType.BIGINT)
              .map(whole -> whole.stream().<Operand>map(Operand.Whole::new).toList());
      default -> Optional.empty();
    };
  }

  private static boolean isWholeArray(Expr.TypeName name) {
    return name.array()
        && keeps(new Expr.TypeName(name.name(), name.modified(), false), KeyType.BIGINT);
  }
}

package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression as far as routing needs it: what may pin a sharding key to values is spelt out, all
 * else is an {@link Opaque} that keeps its parts, so that no subquery or function call goes unseen.
 */
sealed interface Expr {

  /** A column, with its table or alias before it if it is qualified. */
  record Column(List<String> path) implements Expr {
    String name() {
      return path.getLast();
    }
  }

  /** {@code *} or {@code t.*}. */
  record Star(List<String> qualifier) implements Expr {}

  /** A constant by its slot in {@link Lexed}. */
  record Literal(int slot, boolean number) implements Expr {}

  /** The constants of an IN list, all in one slot. */
  record LiteralList(int slot) implements Expr {}

  /** $n. */
  record Parameter(int number) implements Expr {}

  /** NULL. */
  record Null() implements Expr {}

  /** TRUE or FALSE. */
  record Truth(boolean value) implements Expr {}

  /** DEFAULT, as a value to insert or set. */
  record Default() implements Expr {}

  /** The negative of a number. */
  record Minus(Expr inner) implements Expr {}

  /** A cast in any notation. */
  record Cast(Expr inner, TypeName type) implements Expr {}

  /** A type's name in lower case. */
  record TypeName(String name, boolean modified, boolean array) {}

  /** (a, b) or ROW(a, b); also the list of an IN. */
  record Row(List<Expr> items) implements Expr {}

  /** ARRAY[a, b]. */
  record ArrayOf(List<Expr> items) implements Expr {}

  /** All of these hold. */
  record And(List<Expr> terms) implements Expr {}

  /** One of these holds. */
  record Or(List<Expr> terms) implements Expr {}

  /** left = right. */
  record Equal(Expr left, Expr right) implements Expr {}

  /** How two values compare. */
  enum Order {
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /** left &lt; right and the like. */
  record Ordered(Expr left, Order order, Expr right) implements Expr {}

  /** value BETWEEN low AND high. */
  record Between(Expr value, Expr low, Expr high) implements Expr {}

  /** left IN (...): of a {@link Row}, a {@link LiteralList} or a {@link Sub}. */
  record In(Expr left, Expr right) implements Expr {}

  /** left = ANY (array or subquery). */
  record EqualAny(Expr left, Expr right) implements Expr {}

  /** A function call; {@code arguments} are those in its parentheses. */
  record Call(List<String> name, List<Expr> arguments, Form form) implements Expr {

    /** A plain call. */
    static Call plain(List<String> name, List<Expr> arguments) {
      return new Call(name, arguments, Form.PLAIN);
    }

    /** All expressions in it. */
    List<Expr> parts() {
      List<Expr> all = new ArrayList<>(arguments);
      all.addAll(form.sorts);
      if (form.filter != null) {
        all.add(form.filter);
      }
      if (form.window != null) {
        all.addAll(form.window.parts());
      }
      return all;
    }

    /** Whether it has OVER. */
    boolean windowed() {
      return form.window != null;
    }

    /** Whether it is written as only aggregates are: (*), DISTINCT, FILTER, ORDER BY. */
    boolean aggregated() {
      return form.star
          || form.distinct
          || form.within
          || !form.sorts.isEmpty()
          || form.filter != null;
    }
  }

  /**
   * What a call has besides its arguments.
   *
   * @param star whether it is written (*)
   * @param within whether its ORDER BY stands in WITHIN GROUP
   * @param arguments the token of its opening parenthesis
   */
  record Form(
      boolean star,
      boolean distinct,
      List<Expr> sorts,
      boolean within,
      @Nullable Expr filter,
      @Nullable Window window,
      int arguments) {
    static final Form PLAIN = new Form(false, false, List.of(), false, null, null, -1);
  }

  /**
   * A window's definition.
   *
   * @param base the window that it is made from or is, if it names one
   */
  record Window(@Nullable String base, List<Expr> partition, List<Expr> rest) {
    List<Expr> parts() {
      List<Expr> all = new ArrayList<>(partition);
      all.addAll(rest);
      return all;
    }
  }

  /** A subquery, whether scalar, EXISTS or ARRAY(...). */
  record Sub(Tree.Query query) implements Expr {}

  /** Anything else, with its parts. */
  record Opaque(List<Expr> parts) implements Expr {}
}

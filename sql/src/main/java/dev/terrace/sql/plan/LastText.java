package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a last statement. Sums in it can be written only once their columns' types are known:
 * PostgreSQL sums bigint up to numeric, but the sum of integers is a bigint.
 */
final class LastText {

  /** A piece: text, or what stands for an aggregate of a column. */
  private sealed interface Piece {
    record Text(String text) implements Piece {}

    record Sum(String column) implements Piece {}

    record Average(String sum, String count) implements Piece {}
  }

  static final LastText NOTHING = new LastText(List.of());

  private static final int INT8 = 20;
  private static final int FLOAT4 = 700;

  private final List<Piece> pieces;

  private LastText(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
  }

  static LastText of(String text) {
    return new LastText(List.of(new Piece.Text(text)));
  }

  /** The sum of a column of sums. */
  static LastText sum(String column) {
    return new LastText(List.of(new Piece.Sum(column)));
  }

  /** The average, from a column of sums and one of counts. */
  static LastText average(String sum, String count) {
    return new LastText(List.of(new Piece.Average(sum, count)));
  }

  LastText then(String text) {
    return then(of(text));
  }

  LastText then(LastText next) {
    List<Piece> all = new ArrayList<>(pieces);
    all.addAll(next.pieces);
    return new LastText(all);
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** The text, with the types of the columns; empty types are taken for those of integers. */
  String text(List<Integer> types, List<String> columns) throws GatherFailure {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Text(String text) -> out.append(text);
        case Piece.Sum(String column) -> {
          boolean whole = type(column, types, columns) == INT8;
          out.append("sum(").append(column).append(whole ? ")::bigint" : ")");
        }
        case Piece.Average(String sum, String count) -> {
          if (type(sum, types, columns) == FLOAT4) {
            throw new GatherFailure(
                "averages a column of type real", "Cast it: avg(column::double precision).");
          }
          out.append("(sum(").append(sum).append(") / nullif(sum(");
          out.append(count).append("), 0))");
        }
      }
    }
    return out.toString();
  }

  private static int type(String column, List<Integer> types, List<String> columns) {
    return types.isEmpty() ? INT8 : types.get(columns.indexOf(column));
  }
}

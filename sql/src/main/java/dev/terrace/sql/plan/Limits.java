package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many rows a statement wants and how many it passes over, if its text and parameters say so.
 *
 * @param count {@link #ALL} for all
 */
public record Limits(long offset, long count) {

  /** No limit at all. */
  public static final long ALL = Long.MAX_VALUE;

  /** How many rows each shard must give, {@link #ALL} for all. */
  public long perShard() {
    return count > ALL - offset ? ALL : offset + count;
  }

  /** The clause by which a shard gives no more than is needed; empty if it must give all. */
  String clause() {
    return perShard() == ALL ? "" : " LIMIT " + perShard();
  }

  /** What a tail says; empty if that takes more than constants and parameters. */
  static Optional<Limits> read(Tree.Limit limit, KeyReader keys) {
    Optional<Long> offset = value(limit.offset(), 0, keys);
    Optional<Long> count = limit.single() ? Optional.of(1L) : value(limit.count(), ALL, keys);
    return offset.isPresent() && count.isPresent()
        ? Optional.of(new Limits(offset.get(), count.get()))
        : Optional.empty();
  }

  /** PostgreSQL's error for a limit that makes no sense. */
  Routing.@Nullable Refused refusal() {
    if (count < 0) {
      return new Routing.Refused("2201W", "LIMIT must not be negative", "");
    }
    return offset < 0 ? new Routing.Refused("2201X", "OFFSET must not be negative", "") : null;
  }

  private static Optional<Long> value(@Nullable Expr expression, long none, KeyReader keys) {
    if (expression == null) {
      return Optional.of(none);
    }
    Optional<Operand> operand = Operands.of(expression, KeyType.BIGINT);
    List<Key> found = new ArrayList<>();
    if (operand.isEmpty() || !keys.read(operand.get(), KeyType.BIGINT, found::add)) {
      return Optional.empty();
    }
    return found.isEmpty()
        ? Optional.of(none)
        : found.getFirst() instanceof Key.Whole(long value) ? Optional.of(value) : Optional.empty();
  }
}

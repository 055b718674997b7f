package dev.terrace.sql.session;

import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows that one server has sent and nobody has taken; when there are many, it must wait. */
final class LegQueue implements ScatterTask {

  private static final int BYTES_MAX = 64 << 10;

  /** Takes what comes in. */
  interface Taker {

    /** Whether rows are of any use. */
    boolean wantsRows();

    /** The columns, before the rows; borrowed. */
    void described(LegQueue queue, ByteBuf body);

    /** A row; borrowed. */
    void row(LegQueue queue, ByteBuf body);

    /** Time to deal with rows that were kept. */
    void pump();

    /** There are no more rows than those kept. */
    void through(LegQueue queue, Optional<SqlError> error);
  }

  private final ScatterLeg leg;
  private final Taker taker;
  private final Deque<ByteBuf> rows = new ArrayDeque<>();
  private int bytes;
  private boolean through;

  LegQueue(ScatterLeg leg, Taker taker) {
    this.leg = leg;
    this.taker = taker;
  }

  /**
   * Asks all legs of a statement for rows, by another statement with the same parameters.
   *
   * @param types the types of the parameters
   */
  static List<LegQueue> ask(
      Scatter scatter, Taker taker, String sql, List<Integer> types, short[] resultFormats) {
    List<LegQueue> queues = scatter.legs().stream().map(leg -> new LegQueue(leg, taker)).toList();
    for (LegQueue queue : queues) {
      scatter.work().sendOther(queue.leg.connection(), sql, types, List.of(), resultFormats);
      queue.leg.expect(queue);
    }
    return queues;
  }

  /** The client has been given what could be: that was all, or it pauses, or more is read. */
  static void given(Scatter scatter, List<LegQueue> queues) {
    ClientRows rows = scatter.rows();
    rows.write();
    if (rows.isComplete()) {
      queues.forEach(LegQueue::release);
    }
    if (queues.stream().allMatch(LegQueue::isOver)) {
      scatter.complete();
    } else if (rows.isFull() && !rows.isComplete()) {
      scatter.suspend();
    } else {
      queues.forEach(LegQueue::goOn);
    }
  }

  ScatterLeg leg() {
    return leg;
  }

  /** Keeps a row. */
  void keep(ByteBuf row) {
    rows.add(row.retainedDuplicate());
    bytes += row.readableBytes();
    if (bytes > BYTES_MAX) {
      leg.reads(false);
    }
  }

  /** The first row, null if there is none. */
  @Nullable ByteBuf peek() {
    return rows.peek();
  }

  /** Lets go of the first row. */
  void drop() {
    ByteBuf row = rows.remove();
    bytes -= row.readableBytes();
    row.release();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Whether all rows were taken and none will come. */
  boolean isOver() {
    return through && rows.isEmpty();
  }

  boolean isThrough() {
    return through;
  }

  /** Reads on if there is room. */
  void goOn() {
    leg.reads(bytes <= BYTES_MAX);
  }

  void release() {
    rows.forEach(ByteBuf::release);
    rows.clear();
    bytes = 0;
  }

  @Override
  public Take begin(byte type) {
    return switch (type) {
      case Backend.DATA_ROW -> taker.wantsRows() ? Take.COLLECT : Take.DROP;
      case Backend.ROW_DESCRIPTION -> Take.COLLECT;
      default -> Take.DROP;
    };
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.ROW_DESCRIPTION) {
      taker.described(this, body);
    } else {
      taker.row(this, body);
    }
  }

  @Override
  public void readComplete() {
    taker.pump();
  }

  @Override
  public void done(Optional<SqlError> error) {
    through = true;
    leg.reads(true);
    taker.through(this, error);
  }
}

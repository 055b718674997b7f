package dev.terrace.sql.session;

import dev.terrace.sql.copy.CopyFailure;
import dev.terrace.sql.copy.CopyRows;
import dev.terrace.sql.plan.CopyTarget;
import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Sends the client's COPY data to the shards: each row to that of its key, or all to every one. The
 * client is read no faster than the slowest shard takes its rows.
 */
final class CopyInGatherer implements Gatherer, CopyRows.Sink {

  private final Scatter scatter;
  private final Optional<CopyTarget> target;
  private final List<CopyLeg> legs = new ArrayList<>();
  private @Nullable CopyRows rows;
  private boolean taking;

  CopyInGatherer(Scatter scatter, Gather.CopyIn copy) {
    this.scatter = scatter;
    this.target = copy.target();
  }

  @Override
  public void start() {
    if (target.isEmpty()) {
      open();
    } else if (!target.get().columns().isEmpty()) {
      open(target.get(), target.get().columns());
    } else {
      ColumnQuestion.ask(scatter, target.get(), columns -> open(target.get(), columns));
    }
  }

  private void open(CopyTarget into, List<Integer> columns) {
    if (columns.size() < into.width()) {
      scatter.fail(
          SqlError.error(
              "42703",
              "table "
                  + into.table()
                  + " lacks a column of its sharding key "
                  + into.key()
                  + ", by which the file says that it is sharded"));
      return;
    }
    int rowMax = (int) scatter.session().service().config().maxMessage().bytes();
    rows = CopyRows.of(into.format(), columns, rowMax);
    open();
  }

  private void open() {
    for (ScatterLeg leg : scatter.legs()) {
      CopyLeg part = new CopyLeg(this, leg);
      legs.add(part);
      part.start(scatter.work().plan().sql());
    }
  }

  /** A server awaits data. */
  void opened(ByteBuf response) {
    if (scatter.hasFailed()) {
      breakOff();
    } else if (legs.stream().allMatch(CopyLeg::isOpen)) {
      Session session = scatter.session();
      session.write(Answers.copy(session.alloc(), Backend.COPY_IN, response));
      session.flush();
      taking = true;
      session.resume();
    }
  }

  /** Whether the client is to send data. */
  boolean isTaking() {
    return taking;
  }

  /** Whether all servers take more for now. */
  boolean takesMore() {
    return legs.stream().allMatch(CopyLeg::takesMore);
  }

  /** Takes a message of the client. */
  void take(byte type, ByteBuf message) {
    try {
      switch (type) {
        case Frontend.COPY_DATA -> data(message.skipBytes(5));
        case Frontend.COPY_DONE -> {
          if (rows != null) {
            rows.end(this);
          }
          taking = false;
          legs.forEach(CopyLeg::finish);
        }
        default -> {
          taking = false;
          legs.forEach(leg -> leg.fail(message));
        }
      }
    } catch (CopyFailure e) {
      scatter.fail(e.error());
    }
  }

  private void data(ByteBuf data) throws CopyFailure {
    if (rows == null) {
      legs.forEach(leg -> leg.add(data.duplicate()));
    } else {
      rows.add(data, this);
    }
  }

  @Override
  public void row(byte[] from, int at, int length, long line, List<byte @Nullable []> fields)
      throws CopyFailure {
    CopyTarget into = target.orElseThrow();
    List<byte[]> key = new ArrayList<>(fields.size());
    for (byte @Nullable [] field : fields) {
      if (field != null) {
        key.add(field);
      }
    }
    if (key.size() < fields.size()) {
      throw new CopyFailure(
          SqlError.error(
              "23502",
              "the sharding key "
                  + into.key()
                  + " of "
                  + into.table()
                  + " must not be null, line "
                  + line));
    }
    OptionalInt shard = into.shardOf(key);
    if (shard.isEmpty()) {
      throw new CopyFailure(
          SqlError.error(
              "22P02",
              "the sharding key cannot be read as "
                  + into.types()
                  + ": COPY "
                  + into.table()
                  + ", line "
                  + line
                  + ", column "
                  + into.key(),
              "Give it in its plain form: 42, 12.5, true, text, \\x00ff, a uuid of 36 characters, 2026-01-31, or"
                  + " 2026-01-31 10:20:30+00."));
    }
    legs.get(shard.getAsInt()).add(from, at, length);
  }

  @Override
  public void mark(byte[] from, int at, int length) {
    legs.forEach(leg -> leg.add(from, at, length));
  }

  /** Sends what has been cut so far. */
  void flush() {
    legs.forEach(CopyLeg::flush);
  }

  /** A server is through with it. */
  void done(Optional<SqlError> error) {
    if (!scatter.failedBy(error) && legs.stream().allMatch(CopyLeg::isThrough)) {
      scatter.complete();
    }
  }

  @Override
  public void breakOff() {
    taking = false;
    legs.forEach(CopyLeg::breakOff);
  }

  @Override
  public void goOn() {
    // The client is sent no rows.
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return true;
  }

  @Override
  public String tag() {
    return Tags.gather(
        target.isPresent() ? Gather.CONCATENATE : Gather.FIRST,
        legs.stream().map(CopyLeg::tag).toList());
  }

  @Override
  public void release() {
    legs.forEach(CopyLeg::release);
  }
}

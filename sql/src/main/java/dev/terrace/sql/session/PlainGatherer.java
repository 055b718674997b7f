package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Relays what the shards answer as it comes, without a look at rows. A row that is too long to come
 * in one piece is let through to its end before those of other shards.
 */
final class PlainGatherer implements Gatherer {

  private final Scatter scatter;
  private final ClientRows rows;
  private final Gather gather;
  private final Consumer<ScatterLeg> sender;
  private final List<Part> parts = new ArrayList<>();
  private @Nullable Part midRow;
  private boolean described;

  PlainGatherer(Scatter scatter, Gather gather) {
    this(scatter, gather, leg -> scatter.work().send(leg.connection()));
  }

  /**
   * One of other statements than the client's.
   *
   * @param sender sends a leg's server its own
   */
  PlainGatherer(Scatter scatter, Gather gather, Consumer<ScatterLeg> sender) {
    this.sender = sender;
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.gather = gather;
  }

  @Override
  public void start() {
    for (ScatterLeg leg : scatter.legs()) {
      parts.add(ask(leg));
    }
  }

  private Part ask(ScatterLeg leg) {
    Part part = new Part(leg);
    sender.accept(leg);
    leg.expect(part);
    return part;
  }

  @Override
  public boolean isUnused(ScatterLeg leg) {
    return leg.index() < parts.size() && !parts.get(leg.index()).used;
  }

  @Override
  public void replaced(ScatterLeg by) {
    parts.set(by.index(), ask(by));
  }

  @Override
  public void goOn() {
    parts.forEach(part -> part.leg.reads(midRow == null || midRow == part));
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return parts.isEmpty();
  }

  @Override
  public String tag() {
    return Tags.gather(gather, parts.stream().map(part -> part.tag).toList());
  }

  @Override
  public void release() {
    parts.forEach(Part::release);
  }

  /** What one shard answers. */
  private final class Part implements ScatterTask {
    private final ScatterLeg leg;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private String tag = "";
    private boolean through;
    private boolean used;

    Part(ScatterLeg leg) {
      this.leg = leg;
    }

    @Override
    public Take begin(byte type) {
      boolean shown =
          !scatter.hasFailed() && (gather.equals(Gather.CONCATENATE) || leg.index() == 0);
      return switch (type) {
        case Backend.COMMAND_COMPLETE -> Take.COLLECT;
        case Backend.DATA_ROW -> {
          used = true;
          yield shown && rows.counts() ? Take.RELAY : Take.DROP;
        }
        case Backend.NOTICE -> shown ? Take.RELAY : Take.DROP;
        case Backend.ROW_DESCRIPTION -> {
          boolean first = shown && !described;
          described |= first;
          yield first ? Take.COLLECT : Take.DROP;
        }
        default -> Take.DROP;
      };
    }

    @Override
    public void relay(ByteBuf run) {
      if (midRow != null && midRow != this) {
        waiting.add(run);
        leg.reads(false);
        return;
      }
      rows.relay(run);
      boolean whole = !leg.connection().midRelay();
      if (!whole) {
        midRow = this;
      } else if (midRow == this) {
        midRow = null;
        parts.forEach(Part::relayWaiting);
        goOn();
      }
    }

    private void relayWaiting() {
      while (!waiting.isEmpty() && (midRow == null || midRow == this)) {
        ByteBuf run = waiting.remove();
        rows.relay(run);
        boolean last = waiting.isEmpty();
        midRow = last && leg.connection().midRelay() ? this : null;
      }
    }

    @Override
    public void collected(byte type, ByteBuf body) {
      if (type == Backend.ROW_DESCRIPTION && !scatter.work().fits(body)) {
        scatter.fail(Outdated.COLUMNS_CHANGED);
      } else if (type == Backend.ROW_DESCRIPTION) {
        describe(body);
      } else {
        tag = Answers.tag(body);
      }
    }

    private void describe(ByteBuf body) {
      if (scatter.work().describes()) {
        rows.describe(body);
      }
    }

    @Override
    public void readComplete() {
      scatter.session().flush();
      if (!rows.flows()) {
        leg.reads(false);
      }
    }

    @Override
    public void done(Optional<SqlError> error) {
      through = true;
      leg.reads(true);
      if (!scatter.failedBy(error) && parts.stream().allMatch(part -> part.through)) {
        scatter.complete();
      }
    }

    void release() {
      waiting.forEach(ByteBuf::release);
      waiting.clear();
    }
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Relays what COPY reads on the shards, one shard after the other: rows stay whole so. */
final class CopyOutGatherer implements Gatherer {

  private final Scatter scatter;
  private final boolean header;
  private final List<String> tags = new ArrayList<>();
  private boolean begun;

  CopyOutGatherer(Scatter scatter, Gather.CopyOut copy) {
    this.scatter = scatter;
    this.header = copy.header();
  }

  @Override
  public void start() {
    ScatterLeg leg = scatter.legs().get(tags.size());
    String sql = scatter.work().plan().sql();
    leg.connection().sendForReady(Requests.query(scatter.session().alloc(), sql));
    leg.expect(new Part(leg));
  }

  @Override
  public void goOn() {
    scatter.legs().forEach(leg -> leg.reads(true));
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return leg.index() >= tags.size();
  }

  @Override
  public String tag() {
    return Tags.gather(Gather.CONCATENATE, tags);
  }

  @Override
  public void release() {
    // Nothing is kept.
  }

  /** What one shard answers. */
  private final class Part implements ScatterTask {
    private final ScatterLeg leg;
    private boolean headed;

    Part(ScatterLeg leg) {
      this.leg = leg;
    }

    @Override
    public Take begin(byte type) {
      return switch (type) {
        case Backend.COPY_OUT -> begun ? Take.DROP : Take.COLLECT;
        case Backend.COMMAND_COMPLETE -> Take.COLLECT;
        case Frontend.COPY_DATA -> {
          // A server sends each line in a message of its own.
          boolean again = header && !headed && leg.index() > 0;
          headed = true;
          yield again || scatter.hasFailed() ? Take.DROP : Take.RELAY;
        }
        default -> Take.DROP;
      };
    }

    @Override
    public void relay(ByteBuf run) {
      scatter.rows().relay(run);
    }

    @Override
    public void collected(byte type, ByteBuf body) {
      if (type == Backend.COPY_OUT) {
        begun = true;
        scatter.rows().relay(Answers.copy(scatter.session().alloc(), type, body));
      } else {
        tags.add(Answers.tag(body));
      }
    }

    @Override
    public void readComplete() {
      scatter.session().flush();
      if (!scatter.rows().flows()) {
        leg.reads(false);
      }
    }

    @Override
    public void done(Optional<SqlError> error) {
      leg.reads(true);
      if (scatter.failedBy(error)) {
        return;
      }
      if (tags.size() < scatter.legs().size()) {
        start();
      } else {
        scatter.rows().relay(Answers.copyDone());
        scatter.complete();
      }
    }
  }
}

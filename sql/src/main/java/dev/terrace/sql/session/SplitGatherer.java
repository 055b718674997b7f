package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Sends each shard its own part of a statement and relays what they answer.
 *
 * <p>A part may use fewer parameters than the whole, and PostgreSQL must know the types of all: a
 * server is asked for those of the whole statement first. So it is if parts call functions, for it
 * must refuse as a whole what one part alone would let pass.
 */
final class SplitGatherer implements Gatherer {

  private final Scatter scatter;
  private final Gather.Split split;
  private final PlainGatherer plain;
  private List<Integer> types = List.of();
  private boolean asked;

  SplitGatherer(Scatter scatter, Gather.Split split) {
    this.scatter = scatter;
    this.split = split;
    this.plain = new PlainGatherer(scatter, Gather.CONCATENATE, this::send);
  }

  @Override
  public void start() {
    ScatterWork work = scatter.work();
    if (work instanceof ScatterWork.Simple && !split.calls()) {
      plain.start();
      return;
    }
    asked = true;
    Describing[] asks = new Describing[1];
    asks[0] =
        Describing.start(
            scatter,
            Map.of(),
            () -> {
              asked = false;
              types = asks[0].parameters();
              plain.start();
            });
  }

  private void send(ScatterLeg leg) {
    String part = Objects.requireNonNull(split.parts().get(leg.held().shard()));
    scatter.work().sendPart(leg.connection(), part, types);
  }

  @Override
  public void goOn() {
    plain.goOn();
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return asked || plain.needs(leg);
  }

  @Override
  public String tag() {
    return plain.tag();
  }

  @Override
  public void release() {
    plain.release();
  }
}

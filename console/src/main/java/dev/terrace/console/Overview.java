package dev.terrace.console;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.metrics.RateWindow;
import dev.terrace.console.metrics.Rates;
import dev.terrace.console.metrics.Reading;
import dev.terrace.console.metrics.SystemSamples;
import dev.terrace.console.view.Subject;
import dev.terrace.console.view.SystemView;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.core.signal.Signals.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The running system as its sources and signals tell of it, with rates from one reading a second.
 */
final class Overview {

  private final Sources sources;
  private final Signals signals;
  private final RateWindow window = new RateWindow();

  Overview(Sources sources, Signals signals) {
    this.sources = sources;
    this.signals = signals;
    signals.gauge(() -> 1, Metric.BUILD, sources.version());
    signals.gauge(() -> sources.started().toEpochMilli() / 1e3, Metric.START_TIME);
    signals.gauge(() -> sources.ready() ? 1 : 0, Metric.READY);
  }

  Sources sources() {
    return sources;
  }

  Collection<Sample> samples() {
    return SystemSamples.of(signals, sources.file(), sources.pools(), sources.replication());
  }

  /** Takes the reading that rates go up to from now on. */
  Rates read() {
    return window.add(Reading.of(System.nanoTime(), samples()));
  }

  Subject subject() {
    return new Subject(
        sources.file(),
        sources.pools(),
        sources.memberships()::find,
        sources::discovery,
        sources.replication(),
        window.rates(),
        sources.resharding());
  }

  SystemView system() {
    return SystemView.of(
        subject(), Instant.now(), sources.started(), sources.version(), sources.missing());
  }

  /** Equal as long as no member, pool or file has changed and the same is missing. */
  List<Object> version() {
    TerraceConfig file = sources.file();
    Pools pools = sources.pools();
    List<Object> version = new ArrayList<>();
    version.add(System.identityHashCode(file));
    version.add(sources.missing());
    pools
        .all()
        .forEach(pool -> {
          version.add(pool.name());
          version.add(pool.snapshot().version());
          version.add(sources.discovery(pool.name()));
        });
    return version;
  }
}

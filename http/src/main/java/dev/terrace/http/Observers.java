package dev.terrace.http;

import dev.terrace.config.HttpConfig;
import dev.terrace.config.HttpConfig.AccessLogConfig;
import dev.terrace.config.HttpConfig.TracingConfig;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.access.AccessLog;
import dev.terrace.http.observe.ExchangeObserver;
import dev.terrace.http.observe.Observing;
import dev.terrace.http.trace.TraceExport;
import dev.terrace.net.BindFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Those who are told of exchanges, as the file asks; what it asks for still is kept. */
final class Observers implements AutoCloseable {

  private final Signals signals;
  private final Observing observing = new Observing();
  private Optional<AccessLogConfig> logged = Optional.empty();
  private Optional<TracingConfig> traced = Optional.empty();
  private @Nullable AccessLog log;
  private @Nullable TraceExport traces;

  Observers(Signals signals) {
    this.signals = signals;
  }

  /** What to note of exchanges from now on, or null for nothing. */
  @Nullable Observing configure(HttpConfig http) throws BindFailure {
    AccessLog oldLog = log;
    if (!http.accessLog().equals(logged)) {
      log = http.accessLog().isPresent() ? open(http.accessLog().get()) : null;
      logged = http.accessLog();
    } else if (log != null) {
      log.lookAgain();
    }
    TraceExport oldTraces = traces;
    if (!http.tracing().equals(traced)) {
      traces = http.tracing().map(this::export).orElse(null);
      traced = http.tracing();
    }
    tell();
    observing.debug(http.debugHeader().orElse(""));
    if (oldLog != null && oldLog != log) {
      oldLog.close();
    }
    if (oldTraces != null && oldTraces != traces) {
      oldTraces.close();
    }
    boolean nothing = log == null && traces == null && http.debugHeader().isEmpty();
    return nothing ? null : observing;
  }

  private AccessLog open(AccessLogConfig config) throws BindFailure {
    AccessLog.Format format =
        switch (config.format()) {
          case JSON -> AccessLog.Format.JSON;
          case COMMON -> AccessLog.Format.COMMON;
          case COMBINED -> AccessLog.Format.COMBINED;
        };
    double share = config.sample().share();
    if (config.toStandardOutput()) {
      return AccessLog.toStandardOutput(format, share, config.queue(), signals);
    }
    try {
      return AccessLog.toFile(config.file().path(), format, share, config.queue(), signals);
    } catch (IOException e) {
      throw new BindFailure("cannot write the access log (http.access-log)", e);
    }
  }

  private TraceExport export(TracingConfig config) {
    return new TraceExport(config.endpoint(), config.service(), config.queue(), signals);
  }

  private void tell() {
    List<ExchangeObserver> all = new ArrayList<>();
    if (log != null) {
      all.add(log);
    }
    if (traces != null) {
      all.add(traces);
    }
    observing.tell(all);
    observing.trace(traced.map(config -> config.sample().share()).orElse(-1.0));
  }

  @Override
  public void close() {
    observing.tell(List.of());
    if (log != null) {
      log.close();
    }
    if (traces != null) {
      traces.close();
    }
  }
}

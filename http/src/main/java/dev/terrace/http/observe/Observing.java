package dev.terrace.http.observe;

import dev.terrace.http.wire.RequestHead;
import java.util.List;

/** What is noted of exchanges and who is told; a reload may change it while exchanges run. */
public final class Observing {

  private volatile List<ExchangeObserver> observers = List.of();
  private volatile double traceShare = -1;
  private volatile String debugHeader = "";

  /** From now on tells these. */
  public void tell(List<ExchangeObserver> next) {
    observers = List.copyOf(next);
  }

  /**
   * From now on traces exchanges.
   *
   * @param share of the traces begun here that is recorded; negative to trace nothing
   */
  public void trace(double share) {
    traceShare = share;
  }

  /** Whether exchanges are traced. */
  public boolean traces() {
    return traceShare >= 0;
  }

  /** The share of the traces begun here that is recorded. */
  public double traceShare() {
    return traceShare;
  }

  /**
   * From now on tells requests with that header how they were served.
   *
   * @param name empty for none
   */
  public void debug(String name) {
    debugHeader = name;
  }

  /** Whether that request is to be told how it was served. */
  public boolean tells(RequestHead request) {
    String name = debugHeader;
    return !name.isEmpty() && request.find(name) >= 0;
  }

  /** Whether anything is to be noted of that request. */
  public boolean notes(RequestHead request) {
    return !observers.isEmpty() || traces() || tells(request);
  }

  /** Tells all of them. */
  public void ended(ExchangeView exchange) {
    for (ExchangeObserver observer : observers) {
      observer.ended(exchange);
    }
  }
}

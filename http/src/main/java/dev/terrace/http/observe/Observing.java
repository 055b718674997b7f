package dev.terrace.http.observe;

import java.util.List;

/** Who is told of exchanges, from one reload to the next. */
public record Observing(List<ExchangeObserver> observers) {

  public Observing {
    observers = List.copyOf(observers);
  }

  /** Tells all of them. */
  public void ended(ExchangeView exchange) {
    for (ExchangeObserver observer : observers) {
      observer.ended(exchange);
    }
  }
}

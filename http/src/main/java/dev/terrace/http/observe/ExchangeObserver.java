package dev.terrace.http.observe;

/** Is told of each exchange once, when it is over. */
public interface ExchangeObserver {

  /**
   * That exchange is over. Called on its event loop, so it must not block; what it needs later it
   * copies, for the view is good until this returns.
   */
  void ended(ExchangeView exchange);
}

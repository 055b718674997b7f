package dev.terrace.net.discovery;

import java.time.Duration;

/** Looks at one source; blocking, used by one virtual thread. */
interface Finder {

  /** Looks once, in bounded time. */
  Finding find() throws InterruptedException;

  /** How long to wait after that many failures in a row. */
  Duration pause(int failures);
}

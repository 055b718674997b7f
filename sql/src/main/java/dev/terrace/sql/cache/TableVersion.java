package dev.terrace.sql.cache;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How often a table was written to, as far as is known here, and whether it is right now. */
final class TableVersion {

  private final AtomicLong number = new AtomicLong();
  private final AtomicInteger writes = new AtomicInteger();

  /** A write begins: nobody can see it yet. */
  void begin() {
    // In this order: who finds the new number finds the write too.
    writes.incrementAndGet();
    number.incrementAndGet();
  }

  /** It has ended: everybody can see it, if it has come about. */
  void end() {
    number.incrementAndGet();
    writes.decrementAndGet();
  }

  long number() {
    return number.get();
  }

  boolean isBeingWritten() {
    return writes.get() > 0;
  }
}

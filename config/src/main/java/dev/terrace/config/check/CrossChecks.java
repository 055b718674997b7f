package dev.terrace.config.check;

import dev.terrace.config.bind.Binder.Bound;
import dev.terrace.config.bind.Problems;

/** All checks that look at more than one record. */
public final class CrossChecks {

  private CrossChecks() {}

  /** Reports what does not fit together. */
  public static void run(Bound file, Problems problems) {
    Inspection inspection = new Inspection(file.config(), file.sources(), problems);
    ListenChecks.run(inspection);
    PoolChecks.run(inspection);
    DnsChecks.run(inspection);
    HttpChecks.run(inspection);
    TlsChecks.run(inspection);
    FileChecks.run(inspection);
    StoreChecks.run(inspection);
    SqlChecks.run(inspection);
    CollectionChecks.run(inspection);
    Unbuilt.run(inspection);
  }
}

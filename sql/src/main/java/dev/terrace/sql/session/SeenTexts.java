package dev.terrace.sql.session;

import dev.terrace.sql.operate.StatementCounts;
import dev.terrace.sql.plan.QuickPlans;
import java.util.function.IntSupplier;

/** What one event loop remembers of the statements that its clients have sent. */
record SeenTexts(QuickPlans queries, ParsedTexts parsed, StatementCounts counts) {

  /** Nothing yet; {@code countsMax} says how many fingerprints are counted apart. */
  SeenTexts(IntSupplier countsMax) {
    this(new QuickPlans(), new ParsedTexts(), new StatementCounts(countsMax));
  }
}

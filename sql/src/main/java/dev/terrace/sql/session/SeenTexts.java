package dev.terrace.sql.session;

import dev.terrace.sql.plan.QuickPlans;

/** What one event loop remembers of the statements that its clients have sent. */
record SeenTexts(QuickPlans queries, ParsedTexts parsed) {

  SeenTexts() {
    this(new QuickPlans(), new ParsedTexts());
  }
}

package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Lexed.LiteralKind;

/**
 * A statement's constants. Each has a slot of its own, those of a list share one, so that slots
 * mean the same in all statements of one fingerprint.
 */
interface Constants {

  /** The first constant of a slot. */
  int firstLiteral(int slot);

  /** One past the last constant of a slot. */
  int endLiteral(int slot);

  /** How a constant is written. */
  LiteralKind literalKind(int literal);

  /** The source of a string constant, between its quotes; of a number, all of it. */
  String literalSource(int literal);
}

package dev.terrace.sql.plan;

/** A value that a sharding key is compared with or set to, known once the parameters are bound. */
sealed interface Operand {

  /** A constant. */
  record Constant(int slot, boolean negative) implements Operand {}

  /** All constants of a list. */
  record Constants(int slot) implements Operand {}

  /** The elements of an array written as a constant: {@code '{1,2}'}. */
  record ConstantArray(int slot) implements Operand {}

  /** $n. */
  record Bound(int number) implements Operand {}

  /** $n, which is a text unless it is declared otherwise. */
  record BoundText(int number) implements Operand {}

  /** The elements of the array $n. */
  record BoundArray(int number) implements Operand {}

  /** An operand that is cast to an integer and compared with a numeric key. */
  record Whole(Operand operand) implements Operand {}

  /** TRUE or FALSE. */
  record Truth(boolean value) implements Operand {}

  /** NULL. */
  record Nothing() implements Operand {}
}

package dev.terrace.kv.pass;

/** Who has a request's keys. */
sealed interface Owners {

  /** One node has all of them. */
  record One(NodeLinks links) implements Owners {}

  /** Several nodes. */
  record Apart() implements Owners {}

  /** They are rows. */
  record Tables() implements Owners {}

  /** Some are rows, the others are in nodes. */
  record Mixed() implements Owners {}
}

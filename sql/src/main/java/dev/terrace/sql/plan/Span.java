package dev.terrace.sql.plan;

/** A run of a statement's tokens: from one to before another. */
record Span(int from, int to) {

  static final Span NONE = new Span(0, 0);

  boolean isEmpty() {
    return from >= to;
  }
}

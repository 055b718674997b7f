package dev.terrace.core.pool;

/** What an operator changed of one member, beside what the file and discovery say of it. */
public sealed interface MemberEdit {

  /** It belongs to the pool, as given here. */
  record Added(Member member) implements MemberEdit {}

  /** It does not belong to the pool, although a source names it. */
  record Removed() implements MemberEdit {}

  /** It has this weight, whatever its source says. */
  record Weighed(int weight) implements MemberEdit {}
}

package dev.terrace.sql.plan;

import java.util.Set;

/** PostgreSQL's keywords that are not free to be names, from the table in its appendix C. */
final class Keywords {

  /** Never the name of a column or table unless quoted. */
  static final Set<String> RESERVED =
      words(
          """
          all analyse analyze and any array as asc asymmetric authorization binary both case cast
          check collate collation column concurrently constraint create cross current_catalog
          current_date current_role current_schema current_time current_timestamp current_user
          default deferrable desc distinct do else end except false fetch for foreign freeze from
          full grant group having ilike in initially inner intersect into is isnull join lateral
          leading left like limit localtime localtimestamp natural not notnull null offset on only
          or order outer overlaps placing primary references returning right select session_user
          similar some symmetric system_user table tablesample then to trailing true union unique
          user using variadic verbose when where window with\
          """);

  /** Reserved, but a function's name where a parenthesis follows. */
  static final Set<String> CALLABLE = words("left right like ilike overlaps binary collation");

  /** What may follow an expression in a select list and so is no name without AS. */
  static final Set<String> NO_BARE_LABEL =
      words(
          """
          array as char character create day except fetch filter for from grant group having hour
          intersect into isnull limit minute month notnull offset on order over overlaps precision
          returning second to union varying where window with within without year\
          """);

  /** Functions that are called without parentheses. */
  static final Set<String> BARE_CALLS =
      words(
          """
          current_catalog current_date current_role current_schema current_time current_timestamp
          current_user localtime localtimestamp session_user system_user user\
          """);

  /** Functions whose arguments are separated by words. */
  static final Set<String> WORDY_CALLS = words("extract overlay position substring trim normalize");

  /** What begins a query. */
  static final Set<String> QUERY = words("select values with table");

  private Keywords() {}

  private static Set<String> words(String list) {
    return Set.of(list.strip().split("\\s+"));
  }
}

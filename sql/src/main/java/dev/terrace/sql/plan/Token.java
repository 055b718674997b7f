package dev.terrace.sql.plan;

/** The kinds of token that {@link Lexer} tells apart. */
enum Token {
  /** An unquoted identifier or keyword. */
  WORD,
  /** An identifier in double quotes. */
  QUOTED,
  /** A constant: number or string of any notation. */
  LITERAL,
  /** At least two constants between the parentheses of an IN, as one token. */
  LITERAL_LIST,
  /** A parameter, $1. */
  PARAMETER,
  /** An operator, of one or more characters. */
  OPERATOR,
  /** One of ( ) [ ] , ; : . and also :: and := */
  PUNCTUATION,
  /** The end of the text. */
  END
}

package dev.terrace.sql.plan;

import dev.terrace.config.TerraceConfig;
import java.util.List;
import java.util.Optional;

/**
 * Decides for the statements of one store where they go. Safe for use by many threads.
 *
 * <p>A statement is cut into tokens in one pass, which gives its fingerprint: its text with the
 * constants lifted out. Only a fingerprint not seen of late is parsed and analysed; the outcome is
 * kept. Texts without constants, as prepared statements are, are kept whole and not even cut again.
 * All work is linear in the text's length and needs no other thread.
 */
public final class StatementPlanner {

  private static final int KEPT_MAX = 4096;
  private static final int KEPT_LENGTH_MAX = 8 * 1024;

  /** What a statement of the largest message can have is cut short of exhausting memory. */
  private static final int TOKENS_MAX = 1_000_000;

  private final Places places;
  private final Classifier classifier;
  private final Generations<Plan> byText = new Generations<>(KEPT_MAX);
  private final Generations<Shape> byFingerprint = new Generations<>(KEPT_MAX);

  /**
   * A planner for the tables that the file has in a store.
   *
   * @throws IllegalArgumentException if the file has no such store
   */
  public StatementPlanner(TerraceConfig file, String store) {
    this.places = new Places(file, store);
    this.classifier = new Classifier(places);
  }

  /** How many shards the store has. */
  public int shards() {
    return places.shards();
  }

  /** The plan of one statement. Text that holds several is refused; see {@link #planAll}. */
  public Plan plan(String sql) {
    Plan known = byText.get(sql);
    if (known != null) {
      return known;
    }
    Lexed lexed;
    try {
      lexed = Lexer.lex(sql);
    } catch (SyntaxFailure e) {
      return unlexed(sql, e);
    }
    List<String> parts = lexed.hasSemicolon() ? Splitter.split(lexed) : List.of(sql);
    if (parts.size() > 1) {
      return refused(sql, "cannot insert multiple commands into a prepared statement");
    }
    return parts.size() == 1 && lexed.hasSemicolon() ? single(parts.getFirst()) : planned(lexed);
  }

  /** The plans of a simple query's statements, in order; empty if there is none. */
  public List<Plan> planAll(String text) {
    Plan known = byText.get(text);
    if (known != null) {
      return known.kind() == StatementKind.EMPTY ? List.of() : List.of(known);
    }
    Lexed lexed;
    try {
      lexed = Lexer.lex(text);
    } catch (SyntaxFailure e) {
      return List.of(unlexed(text, e));
    }
    if (lexed.size() == 0) {
      return List.of();
    }
    if (!lexed.hasSemicolon()) {
      return List.of(planned(lexed));
    }
    return Splitter.split(lexed).stream().map(this::single).toList();
  }

  /** The plan of a part that was cut out at its semicolons. */
  private Plan single(String sql) {
    Plan known = byText.get(sql);
    if (known != null) {
      return known;
    }
    try {
      return planned(Lexer.lex(sql));
    } catch (SyntaxFailure e) {
      return unlexed(sql, e);
    }
  }

  private Plan planned(Lexed lexed) {
    String fingerprint = lexed.fingerprint.toString();
    boolean keep = fingerprint.length() <= KEPT_LENGTH_MAX;
    Shape shape = keep ? byFingerprint.get(fingerprint) : null;
    if (shape == null) {
      shape = shape(lexed, Fingerprint.of(fingerprint));
      if (keep) {
        byFingerprint.put(fingerprint, shape);
      }
    }
    Plan plan = new Plan(lexed.text, lexed, shape, places.shards());
    if (lexed.slots() == 0 && lexed.text.length() <= KEPT_LENGTH_MAX) {
      byText.put(lexed.text, plan);
    }
    return plan;
  }

  private Shape shape(Lexed lexed, Fingerprint fingerprint) {
    if (lexed.size() > TOKENS_MAX) {
      String detail = "it has more than " + TOKENS_MAX + " parts";
      return Shape.of(classifier.notLexed(detail), fingerprint);
    }
    int numbers = NextId.count(lexed);
    Optional<Routing.Refused> problem = numbers > 0 ? NextId.problem(lexed) : Optional.empty();
    return problem.isPresent()
        ? Shape.of(Statement.of(StatementKind.OTHER, "", problem.get()), fingerprint)
        : new Shape(classifier.classify(lexed), fingerprint, numbers);
  }

  private Plan unlexed(String sql, SyntaxFailure failure) {
    Statement statement = classifier.notLexed(failure.detail());
    return unread(sql, statement);
  }

  private Plan unread(String sql, Statement statement) {
    Shape shape = Shape.of(statement, Fingerprint.unreadable());
    return new Plan(sql, new Lexed(sql), shape, places.shards());
  }

  private Plan refused(String sql, String message) {
    Statement statement =
        Statement.of(
            StatementKind.OTHER,
            "",
            new Routing.Refused(Refusals.SYNTAX, message, "Send each by itself."));
    return unread(sql, statement);
  }
}

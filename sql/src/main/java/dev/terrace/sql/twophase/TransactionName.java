package dev.terrace.sql.twophase;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a transaction over several shards. Its parts are prepared under it with their shard
 * behind it, so that who finds a part knows where the decision is.
 *
 * @param unique made up once for each transaction
 * @param deciding the shard that keeps the decision
 */
public record TransactionName(String unique, int deciding) {

  private static final String PREFIX = "terrace_";
  private static final Pattern PART =
      Pattern.compile(PREFIX + "([0-9a-z]+_[0-9a-z]+)_([0-9]{1,6})_([0-9]{1,6})");

  /** The name of a part found on a shard; empty if it is none of Terrace's. */
  public static Optional<TransactionName> ofPart(String gid) {
    Matcher part = PART.matcher(gid);
    return part.matches()
        ? Optional.of(new TransactionName(part.group(1), Integer.parseInt(part.group(2))))
        : Optional.empty();
  }

  /** The name as the decision is kept under. */
  public String text() {
    return PREFIX + unique + "_" + deciding;
  }

  /** The identifier that the part on a shard is prepared under. */
  public String part(int shard) {
    return text() + "_" + shard;
  }
}

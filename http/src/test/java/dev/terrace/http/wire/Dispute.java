package dev.terrace.http.wire;

import dev.terrace.http.wire.Reading.Message;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The first message over which two readers of the same bytes part.
 *
 * @param before the connection's bytes up to that message
 * @param text the bytes from where it begins
 * @param ours what we made of it, if we took its head
 * @param theirs what Netty made of it, if it took its head
 * @param fault why we refuse it, or NONE
 * @param refusal why Netty refuses it, or empty
 */
record Dispute(
    Kind kind,
    String before,
    String text,
    Optional<Message> ours,
    Optional<Message> theirs,
    Fault fault,
    String refusal) {

  /** A token (RFC 9110, section 5.6.2) as a pattern. */
  static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

  /** Where the two readings part; empty if they agree to the end. */
  static Optional<Dispute> between(Kind kind, String text, Reading ours, Reading theirs) {
    int both = Math.min(ours.messages().size(), theirs.messages().size());
    for (int i = 0; i < both; i++) {
      Message our = ours.messages().get(i);
      Message their = theirs.messages().get(i);
      if (!our.sameHead(their) || !our.sameBody(their)) {
        return Optional.of(at(kind, text, ours, theirs, i));
      }
    }
    if (ours.messages().size() == theirs.messages().size() && ours.refused() == theirs.refused()) {
      return Optional.empty();
    }
    boolean inBody = both > 0 && !ours.messages().get(both - 1).whole();
    return Optional.of(at(kind, text, ours, theirs, inBody ? both - 1 : both));
  }

  private static Dispute at(Kind kind, String text, Reading ours, Reading theirs, int message) {
    Optional<Message> our = ours.messages().stream().skip(message).findFirst();
    Optional<Message> their = theirs.messages().stream().skip(message).findFirst();
    int start = our.map(Message::at).orElse(ours.refusedAt());
    return new Dispute(
        kind,
        text.substring(0, start),
        text.substring(start),
        our,
        their,
        endsWith(ours, message) ? Fault.valueOf(ours.refusal()) : Fault.NONE,
        endsWith(theirs, message) ? theirs.refusal() : "");
  }

  /** Whether a reading was refused at this message or in its body. */
  private static boolean endsWith(Reading reading, int message) {
    int taken = reading.messages().size();
    boolean inBody = taken > 0 && !reading.messages().getLast().whole();
    return reading.refused() && message >= taken - (inBody ? 1 : 0);
  }

  boolean weRefuse() {
    return fault != Fault.NONE;
  }

  boolean theyRefuse() {
    return !refusal.isEmpty();
  }

  /** What Netty says if all that is begun is brought to an end. */
  Reading completed() {
    return kind.nettys(text + "\r\n\r\n");
  }

  /** The message's head, or all there is of it. */
  private String head() {
    int end = text.indexOf("\r\n\r\n", text.startsWith("\r\n") ? 2 : 0);
    return end < 0 ? text : text.substring(0, end + 2);
  }

  boolean headHas(String pattern) {
    return Pattern.compile(pattern).matcher(head()).find();
  }

  boolean bodyHas(String pattern) {
    String body = text.substring(Math.min(text.length(), head().length() + 2));
    return Pattern.compile(pattern).matcher(body).find();
  }

  /** Whether the first line matches. */
  boolean startsWith(String pattern) {
    String line = head().lines().filter(l -> !l.isEmpty()).findFirst().orElse("");
    // All characters but line ends, U+0085 too, may be in a line.
    return Pattern.compile(pattern, Pattern.DOTALL).matcher(line).matches();
  }

  /** Whether there is a header whose name, in small letters, matches. */
  boolean has(String name) {
    return headHas("(?i)\r\n" + name + ":");
  }

  /** The values of all headers of a name, given in small letters. */
  List<String> values(String name) {
    return head()
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }
}

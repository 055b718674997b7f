package dev.terrace.kv.data;

import dev.terrace.engine.EngineFailure;
import java.io.Serial;

/** An error reply: a code such as ERR or WRONGTYPE and a text for the client. */
public final class KvError extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private KvError(String message) {
    super(message, null, false, false);
  }

  /** An error of no particular kind. */
  public static KvError of(String message) {
    return new KvError("ERR " + message);
  }

  /** An error with a code of its own. */
  public static KvError of(String code, String message) {
    return new KvError(code + " " + message);
  }

  /** What a store did not do, and whether asking again may help. */
  public static KvError of(String collection, EngineFailure failure) {
    String text = "collection '" + collection + "': " + failure.reason();
    return switch (failure.kind()) {
      case UNREACHABLE -> of("UNREACHABLE", text);
      case TIMEOUT -> of("TIMEOUT", text);
      case IN_DOUBT -> of("INDOUBT", text);
      case REJECTED, UNKNOWN_FIELD, UNKNOWN_TABLE -> of(text);
    };
  }

  /** The reply's text, code first. */
  public String reply() {
    return String.valueOf(getMessage());
  }
}

package dev.terrace.kv.journal;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** Why a journal did not take a record, or could not be opened. */
public final class JournalFailure extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller acts differently on it. */
  public enum Kind {
    /** The journal is as long as it may be; the record is nowhere. */
    FULL,
    /** The disk took no more; the record is nowhere, and later ones may be taken again. */
    NO_ROOM,
    /** A record before it was not taken, so what it was made from never was; make it anew. */
    OVERTAKEN,
    /** The disk failed in a way that nothing can be trusted after; the record may be there. */
    BROKEN,
    /** The journal is closed. */
    CLOSED,
    /** Files hold what was not written to them. */
    CORRUPT,
    /** Another process, or another journal of this one, has the folder. */
    IN_USE,
    /** The folder cannot be read or written. */
    UNUSABLE
  }

  private final Kind kind;

  JournalFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  JournalFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** A folder that cannot be read or written. */
  public static JournalFailure unusable(Path folder, IOException why) {
    return new JournalFailure(
        Kind.UNUSABLE, "folder " + folder + " cannot be used: " + why.getMessage(), why);
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The message, which is never absent. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}

package dev.terrace.sql.session;

import java.util.Locale;

/** How a client's login ended. */
enum LoginResult {
  /** It is in. */
  WELCOME,
  /** It has not proven who it is. */
  UNPROVEN,
  /** It is who it says, and may not come in this way, or asks for what is not there. */
  REFUSED,
  /** There are too many clients already. */
  FULL,
  /** It took too long. */
  LATE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

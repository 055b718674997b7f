package dev.terrace.sql.plan;

import org.jspecify.annotations.Nullable;

/** How a statement finds its way: what is left of it once it has been analysed. */
interface Decision {

  /** Where the statement goes with the keys that its constants and parameters hold. */
  Routing route(KeyReader keys);

  /**
   * The same, if it takes little to find; null if it must be worked out by {@link #route}. The
   * reason may be less exact.
   */
  default @Nullable Routing quick(KeyReader keys) {
    return null;
  }

  /** Whether {@link #route} looks at keys at all. */
  default boolean needsKeys() {
    return false;
  }

  /** Whether {@link #route} looks at more of the text than its constants. */
  default boolean needsText() {
    return false;
  }

  /** A decision that was made for good. */
  static Decision fixed(Routing routing) {
    return keys -> routing;
  }
}

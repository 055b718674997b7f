package dev.terrace.http.access;

/** How an entry becomes a line. One object serves one thread. */
interface LineFormat {

  /** Adds the entry's line, with its end. */
  void write(AccessEntry entry, LineBuffer out);
}

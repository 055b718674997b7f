package dev.terrace.http.wire;

/**
 * What the Connection headers of one head say (RFC 9110, section 7.6.1): close, keep-alive,
 * upgrade, and the names of other headers that are meant for this hop alone.
 */
final class ConnectionOptions {

  private boolean close;
  private boolean keepAlive;
  private boolean upgrade;
  private boolean names;

  void reset() {
    close = false;
    keepAlive = false;
    upgrade = false;
    names = false;
  }

  boolean close() {
    return close;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean upgrade() {
    return upgrade;
  }

  /** Reads one header's value. */
  void read(byte[] bytes, int from, int to) {
    int start = from;
    while (start < to) {
      int comma = start;
      while (comma < to && bytes[comma] != ',') {
        comma++;
      }
      option(bytes, skipBlank(bytes, start, comma), trimBlank(bytes, start, comma));
      start = comma + 1;
    }
  }

  private void option(byte[] bytes, int from, int to) {
    if (Ascii.sameIgnoringCase(bytes, from, to, "keep-alive")) {
      keepAlive = true;
    } else if (Ascii.sameIgnoringCase(bytes, from, to, "close")) {
      close = true;
    } else if (Ascii.sameIgnoringCase(bytes, from, to, "upgrade")) {
      upgrade = true;
    } else if (from < to) {
      names = true;
    }
  }

  /** What is done with one option; false if the others need not be looked at. */
  private interface Option {
    boolean take(int from, int to);
  }

  /** Marks the headers that Connection names; false if it names one that it must not. */
  boolean markNamed(Head head) {
    return !names || each(head, (from, to) -> markAll(head, from, to));
  }

  /** Whether Connection names that field, which the head itself need not have. */
  boolean names(Head head, String lower) {
    return names
        && !each(head, (from, to) -> !Ascii.sameIgnoringCase(head.bytes(), from, to, lower));
  }

  private static boolean each(Head head, Option option) {
    for (int i = 0; i < head.fields(); i++) {
      if (head.name(i) == FieldName.CONNECTION && !each(head, i, option)) {
        return false;
      }
    }
    return true;
  }

  private static boolean each(Head head, int connection, Option option) {
    byte[] bytes = head.bytes();
    int to = head.valueEnd(connection);
    int start = head.valueStart(connection);
    while (start < to) {
      int comma = start;
      while (comma < to && bytes[comma] != ',') {
        comma++;
      }
      int from = skipBlank(bytes, start, comma);
      if (!option.take(from, trimBlank(bytes, start, comma))) {
        return false;
      }
      start = comma + 1;
    }
    return true;
  }

  private static boolean markAll(Head head, int from, int to) {
    for (int i = 0; i < head.fields(); i++) {
      if (Ascii.sameIgnoringCase(head.bytes(), from, to, head.lineStart(i), head.nameEnd(i))) {
        switch (head.name(i)) {
          case HOST, CONTENT_LENGTH, TRANSFER_ENCODING -> {
            return false;
          }
          case OTHER, COOKIE, VIA, EXPECT -> head.rename(i, FieldName.NAMED_BY_CONNECTION);
          default -> {
            // those are taken away, or kept, for reasons of their own
          }
        }
      }
    }
    return true;
  }

  private static int skipBlank(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Head.isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private static int trimBlank(byte[] bytes, int from, int to) {
    int i = to;
    while (i > from && Head.isBlank(bytes[i - 1])) {
      i--;
    }
    return Math.max(i, skipBlank(bytes, from, to));
  }
}

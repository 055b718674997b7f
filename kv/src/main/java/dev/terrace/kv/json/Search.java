package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serial;

/** One search through a document, which ends when it has passed too many places. */
final class Search {

  /** {@code $..*..*} and conditions on conditions pass many more places than a document has. */
  static final int PLACES_MAX = 1_000_000;

  private final JsonNode document;
  private int passed;

  Search(JsonNode document) {
    this.document = document;
  }

  JsonNode document() {
    return document;
  }

  void passed() {
    if (++passed > PLACES_MAX) {
      throw new TooMany();
    }
  }

  /** Ends the search; without a stack, for it is no bug. */
  static final class TooMany extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    TooMany() {
      super("too many places", null, false, false);
    }
  }
}

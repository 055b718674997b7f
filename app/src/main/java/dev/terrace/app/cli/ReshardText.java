package dev.terrace.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Tells people how far a resharding is. */
final class ReshardText {

  private final PrintWriter out;
  private String last = "";

  ReshardText(PrintWriter out) {
    this.out = out;
  }

  /** A line if there is something new. */
  void progress(JsonNode status) {
    StringBuilder line = new StringBuilder(status.path("message").asText());
    if (status.path("phase").asText().equals("COPYING")) {
      int tables = 0;
      int copied = 0;
      long lag = 0;
      for (JsonNode flow : status.path("flows")) {
        tables += flow.path("tables").asInt();
        copied += flow.path("copied").asInt();
        lag += flow.path("lagBytes").asLong();
      }
      line.append(": ").append(copied).append(" of ").append(tables).append(" parts of tables");
      line.append(", ").append(lag >> 10).append(" KB of changes on their way");
    }
    if (!line.toString().equals(last)) {
      last = line.toString();
      out.println(last);
    }
  }

  /** What came of it. */
  void end(JsonNode status) {
    out.println(status.path("message").asText());
    lines("  ", status.path("problems"));
    lines("note: ", status.path("notes"));
    if (!status.path("pausedMillis").isNull() && status.has("pausedMillis")) {
      out.println(
          "statements waited for "
              + status.path("pausedMillis").asLong()
              + " ms while the new shards took over");
    }
  }

  /** All of it. */
  void all(JsonNode status) {
    for (JsonNode flow : status.path("flows")) {
      out.println(
          flow.path("from").asText()
              + " -> "
              + flow.path("to").asText()
              + ": "
              + flow.path("copied").asInt()
              + " of "
              + flow.path("tables").asInt()
              + " tables");
    }
    end(status);
  }

  private void lines(String before, JsonNode lines) {
    for (JsonNode line : lines) {
      out.println(before + line.asText());
    }
  }
}

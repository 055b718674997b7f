package dev.terrace.config;

/** What a client of HTTP/2 may do that makes work; beyond it its connection ends. */
public record Http2Config(
    @Doc("Frames of one connection in a second that make work and bring nothing.")
        FramesPerSecond framesPerSecond,
    @Doc("Small CONTINUATION frames that a header block may come in.") @Default("16")
        int maxContinuations,
    @Doc("What may wait for a client that asks and does not read.") @Default("4MB")
        Size maxUnread) {

  public Http2Config {
    Check.range("max-continuations", maxContinuations, 1, 10_000);
    Check.range("max-unread", maxUnread.bytes(), 64 << 10, 1 << 30);
  }

  /** How many frames of each kind may come in a second. */
  public record FramesPerSecond(
      @Doc("RST_STREAM, and streams that we must reset.") @Default("200") int rstStream,
      @Doc("SETTINGS, and acknowledgements of ours.") @Default("50") int settings,
      @Doc("PING, and answers to ours.") @Default("1000") int ping,
      @Doc("PRIORITY.") @Default("1000") int priority,
      @Doc("DATA that is empty and does not end its stream.") @Default("200") int emptyData,
      @Doc("WINDOW_UPDATE, apart from those that answers call for.") @Default("2000")
          int windowUpdate,
      @Doc("GOAWAY, and frames of unknown types.") @Default("1000") int other) {

    public FramesPerSecond {
      range("rst-stream", rstStream);
      range("settings", settings);
      range("ping", ping);
      range("priority", priority);
      range("empty-data", emptyData);
      range("window-update", windowUpdate);
      range("other", other);
    }

    private static void range(String key, int value) {
      Check.range(key, value, 1, 1_000_000);
    }
  }
}

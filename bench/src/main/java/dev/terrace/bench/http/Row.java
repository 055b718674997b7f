package dev.terrace.bench.http;

import java.util.List;
import java.util.stream.Stream;

/**
 * One line of the comparison: what load every proxy is put under.
 *
 * @param allCores whether the proxies may use every core, or one thread each
 * @param streams requests at once on a connection
 * @param thinkMillis how long a connection rests after an answer, on average (exponentially
 *     distributed); 0 for not at all, so that there is as much load as the slowest part can bear
 */
record Row(
    Protocol protocol,
    boolean allCores,
    int connections,
    int streams,
    boolean large,
    int thinkMillis) {

  /** What is spoken to the proxy; to the backend it is always HTTP/1.1. */
  enum Protocol {
    H1("http", false),
    TLS("https", true),
    H2C("http", false),
    H2("https", true);

    private final String scheme;
    private final boolean secure;

    Protocol(String scheme, boolean secure) {
      this.scheme = scheme;
      this.secure = secure;
    }

    String scheme() {
      return scheme;
    }

    boolean secure() {
      return secure;
    }

    boolean multiplexed() {
      return this == H2C || this == H2;
    }
  }

  private static final int FEW = 64;
  private static final int MANY = 1000;
  private static final int STREAMS = 10;

  /**
   * Some 19,000 requests a second, which all proxies can bear: only where they carry the same load
   * do their latencies compare. At full load a faster proxy has the others on this machine wait.
   */
  private static final int PACED = 256;

  private static final int THINK_MILLIS = 12;

  /** All rows of a full run. */
  static List<Row> all() {
    Stream<Row> plain =
        Stream.of(false, true)
            .flatMap(
                allCores -> Stream.of(FEW, MANY).flatMap(c -> sizes(Protocol.H1, allCores, c)));
    Stream<Row> others =
        Stream.of(Protocol.TLS, Protocol.H2C, Protocol.H2).flatMap(p -> sizes(p, false, FEW));
    Stream<Row> paced =
        Stream.of(Protocol.H1, Protocol.TLS)
            .map(protocol -> new Row(protocol, false, PACED, 1, false, THINK_MILLIS));
    return Stream.of(plain, paced, others).flatMap(rows -> rows).toList();
  }

  private static Stream<Row> sizes(Protocol protocol, boolean allCores, int connections) {
    int streams = protocol.multiplexed() ? STREAMS : 1;
    return Stream.of(false, true)
        .map(large -> new Row(protocol, allCores, connections, streams, large, 0));
  }

  String path() {
    return large ? "/l" : "/s";
  }

  /** The row's name as {@code --rows} takes it, whole or in part: {@code h1-one-64-1k}. */
  String name() {
    return String.join(
            "-",
            protocol.name().toLowerCase(java.util.Locale.ROOT),
            allCores ? "all" : "one",
            String.valueOf(connections),
            large ? "100k" : "1k")
        + (thinkMillis > 0 ? "-paced" : "");
  }

  /**
   * Whether {@code --rows} asks for it: each asked word, parted by -, must be one of the name's.
   */
  boolean matches(List<String> asked) {
    List<String> words = List.of(name().split("-", -1));
    return asked.isEmpty()
        || asked.stream().anyMatch(one -> words.containsAll(List.of(one.split("-", -1))));
  }
}

package dev.terrace.http.exchange;

import dev.terrace.http.head.HeadRewriter.Persistence;

/**
 * A client's side that shares its connection with others, as streams of HTTP/2 and HTTP/3 do: its
 * messages say where they end by frames of their own, and nothing of the connection.
 */
public interface MultiplexedStream extends ClientStream {

  @Override
  default boolean takesChunks() {
    return false;
  }

  @Override
  default boolean mayStayOpen() {
    return true;
  }

  @Override
  default Persistence persistence(boolean staysOpen) {
    return Persistence.SILENT;
  }
}

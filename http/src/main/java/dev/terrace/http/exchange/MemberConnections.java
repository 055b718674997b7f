package dev.terrace.http.exchange;

import dev.terrace.core.pool.Address;
import dev.terrace.net.ConnectFailure;

/** One event loop's connections to a pool's members. */
public interface MemberConnections {

  /** Takes the outcome of {@link #open}, perhaps before that returns. */
  interface Opened {
    /**
     * The stream is open; its answer goes to the receiver that it was asked for.
     *
     * @param reused whether its connection has served before: then the member may just be closing
     *     it
     */
    void opened(MemberStream stream, boolean reused);

    /** There is none. */
    void failed(ConnectFailure failure, String detail);
  }

  /**
   * Opens a stream to the member.
   *
   * @param anew whether it must be on a new connection: an idle one has just turned out to be dead
   */
  void open(
      Address member, ClientPeer client, boolean anew, AnswerReceiver receiver, Opened opened);

  /** Whether bodies in chunks pass to and from members with their framing, as HTTP/1.1 has them. */
  boolean takesChunks();
}

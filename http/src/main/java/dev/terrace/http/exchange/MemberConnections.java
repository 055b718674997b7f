package dev.terrace.http.exchange;

import dev.terrace.core.pool.Address;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionPool.Reuse;

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
   * @param reuse which of the connections that are there will do
   */
  void open(Address member, ClientPeer client, Reuse reuse, AnswerReceiver receiver, Opened opened);

  /** Closes an idle connection, if there is one, so that another loop may open one in its place. */
  default void yieldIdle() {}

  /** Whether members can refuse what was sent to them without having looked at it. */
  default boolean mayRefuse() {
    return false;
  }

  /** Whether bodies in chunks pass to and from members with their framing, as HTTP/1.1 has them. */
  boolean takesChunks();
}

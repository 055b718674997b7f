package dev.terrace.http.exchange;

import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.HeadRewriter.Persistence;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The heads of one exchange as they go on: rewritten as its route says. */
final class RoutedHeads {

  private final ClientStream client;
  private @Nullable Rewriting rewriting;
  private byte @Nullable [] newPath;

  RoutedHeads(ClientStream client) {
    this.client = client;
  }

  /** From now on as that route has it. */
  void follow(RouteTarget route, HeadView view) {
    rewriting = route.rewriting();
    newPath = rewriting == null ? null : rewriting.path(view);
  }

  /**
   * The request's, for that member.
   *
   * @param traceLines that take the place of the client's trace context, or none to pass that on
   */
  ByteBuf request(ClientPeer peer, String memberId, byte[] traceLines) {
    RequestHead head = client.head();
    boolean hostNamed = head.hostEnd() > head.hostStart();
    return HeadRewriter.request(
        head,
        peer.lines(),
        hostNamed ? "" : memberId,
        rewriting == null ? null : rewriting.request(),
        newPath,
        traceLines,
        client.alloc());
  }

  /** An interim answer's. */
  ByteBuf interim(ResponseHead head) {
    return HeadRewriter.answer(
        head, Persistence.SILENT, true, HeadRewriter.NO_LINES, null, client.alloc());
  }

  /**
   * The answer's.
   *
   * @param extraLine a whole header line to add, or nothing
   */
  ByteBuf answer(ResponseHead head, Persistence persistence, byte[] extraLine) {
    return HeadRewriter.answer(
        head,
        persistence,
        client.takesChunks(),
        extraLine,
        rewriting == null ? null : rewriting.answer(),
        client.alloc());
  }
}

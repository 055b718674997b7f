package dev.terrace.http.http1;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.ClientStream;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.head.HeadRewriter.Persistence;
import dev.terrace.http.wire.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What exchanges see of a {@link ClientConnection}, one after the other; it writes their answers.
 */
final class Http1ClientStream implements ClientStream {

  private final ClientConnection connection;
  private final MessageWriter writer;

  Http1ClientStream(ClientConnection connection) {
    this.connection = connection;
    writer = new MessageWriter(connection.channel());
  }

  private Channel channel() {
    return connection.channel();
  }

  @Override
  public ClientPeer peer() {
    return connection.peer();
  }

  @Override
  public int loopIndex() {
    return connection.loopIndex();
  }

  @Override
  public RequestHead head() {
    return connection.head();
  }

  @Override
  public ByteBufAllocator alloc() {
    return channel().alloc();
  }

  @Override
  public boolean takesChunks() {
    return head().isVersion11();
  }

  @Override
  public boolean mayStayOpen() {
    return connection.mayStayOpen();
  }

  @Override
  public Persistence persistence(boolean staysOpen) {
    return !staysOpen
        ? Persistence.CLOSE
        : head().isVersion11() ? Persistence.SILENT : Persistence.KEEP_ALIVE;
  }

  @Override
  public void interimHead(ByteBuf head) {
    writer.head(head, false);
  }

  @Override
  public void answerHead(ByteBuf head, boolean addsChunks, boolean ends) {
    writer.head(head, addsChunks);
  }

  @Override
  public void answerBody(ByteBuf piece) {
    writer.body(piece);
  }

  @Override
  public void answerEnd(@Nullable ByteBuf trailers) {
    writer.end(trailers);
  }

  @Override
  public void flush() {
    channel().flush();
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public void flushSoon(MemberStream member) {
    connection.flushSoon(member);
  }

  @Override
  public void expireIn(long nanos) {
    connection.expireIn(nanos);
  }

  @Override
  public void updateReading() {
    connection.updateReading();
  }

  @Override
  public void exchangeOver(boolean staysOpen) {
    connection.exchangeOver(staysOpen);
  }

  @Override
  public void abort(boolean endsWithConnection) {
    connection.abort(endsWithConnection);
  }

  @Override
  public void becomeTunnel(ByteBuf head, MemberStream member, ByteBuf ahead, Runnable ended) {
    writer.head(head, false);
    writer.body(ahead);
    channel().closeFuture().addListener(closed -> ended.run());
    connection.becomeTunnel(member.channel());
  }
}

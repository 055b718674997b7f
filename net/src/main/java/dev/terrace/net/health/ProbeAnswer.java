package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.concurrent.CompletableFuture;

/** The reader of a member's answer to a check; what keeps an answer from coming fails the check. */
abstract sealed class ProbeAnswer extends SimpleChannelInboundHandler<HttpObject>
    permits HttpAnswer, GrpcAnswer {

  private final CompletableFuture<ProbeResult> result;
  private boolean begun;

  ProbeAnswer(CompletableFuture<ProbeResult> result) {
    this.result = result;
  }

  @Override
  protected final void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      fail(context, "the answer is not HTTP");
      return;
    }
    begun |= part instanceof HttpResponse head && !isInterim(head);
    if (begun && !result.isDone()) {
      read(context, part);
    }
  }

  /** RFC 9110, section 15.2: the answer is still to come. */
  private static boolean isInterim(HttpResponse head) {
    return head.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && head.status().code() != 101;
  }

  /** A part of the answer, from its head on, until the check has passed or failed. */
  abstract void read(ChannelHandlerContext context, HttpObject part);

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    closed();
    context.fireChannelInactive();
  }

  /** No more will come. */
  final void closed() {
    result.complete(
        new ProbeResult.Failed(begun ? "closed within its answer" : ProbeFault.UNANSWERED));
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, ProbeFault.words(cause));
  }

  final boolean isOver() {
    return result.isDone();
  }

  final void pass(ChannelHandlerContext context) {
    result.complete(new ProbeResult.Passed());
    context.close();
  }

  final void fail(ChannelHandlerContext context, String reason) {
    result.complete(new ProbeResult.Failed(reason));
    context.close();
  }
}

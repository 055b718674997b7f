package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a member's answer by gRPC's health protocol: one message of one enum, then a status. */
final class GrpcAnswer extends ProbeAnswer {

  private static final String STATUS = "grpc-status";
  private static final int BYTES_MAX = 1024;
  private static final String UNREADABLE = "the answer is no HealthCheckResponse";

  private final ByteBuf body = Unpooled.buffer(16, BYTES_MAX);
  private @Nullable String status;

  GrpcAnswer(CompletableFuture<ProbeResult> result) {
    super(result);
  }

  @Override
  void read(ChannelHandlerContext context, HttpObject part) {
    if (part instanceof HttpResponse head) {
      if (head.status().code() != 200) {
        fail(context, "HTTP " + head.status().code());
        return;
      }
      status = head.headers().get(STATUS); // an answer without a message has it here
    }
    if (part instanceof HttpContent content) {
      if (content.content().readableBytes() > body.maxWritableBytes()) {
        fail(context, UNREADABLE);
        return;
      }
      body.writeBytes(content.content());
    }
    if (part instanceof LastHttpContent last) {
      String trailer = last.trailingHeaders().get(STATUS);
      ended(context, trailer == null ? status : trailer);
    }
  }

  private void ended(ChannelHandlerContext context, @Nullable String finalStatus) {
    String fault =
        switch (finalStatus) {
          case null -> "the answer is not gRPC";
          case "0" -> fault();
          case "5" -> "gRPC status 5: it does not know the service";
          case "12" -> "gRPC status 12: it has no grpc.health.v1.Health";
          default -> "gRPC status " + finalStatus;
        };
    if (fault.isEmpty()) {
      pass(context);
    } else {
      fail(context, fault);
    }
  }

  private String fault() {
    try {
      boolean compressed = body.readByte() != 0;
      if (compressed || body.readInt() != body.readableBytes()) {
        return UNREADABLE;
      }
      return switch (serving()) {
        case 0 -> "UNKNOWN";
        case 1 -> "";
        case 2 -> "NOT_SERVING";
        case 3 -> "SERVICE_UNKNOWN";
        default -> UNREADABLE;
      };
    } catch (IndexOutOfBoundsException e) {
      return UNREADABLE;
    }
  }

  /** The value of the enum in field 1, which is left out for 0. */
  private int serving() {
    if (!body.isReadable()) {
      return 0;
    }
    return body.readByte() == (1 << 3) ? body.readByte() : -1;
  }
}

package dev.terrace.http.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;

/** Takes the frames of a client, and word of what becomes of streams, to where they belong. */
final class ClientEvents extends Http2EventAdapter {

  private final Http2ClientConnection connection;

  ClientEvents(Http2ClientConnection connection) {
    this.connection = connection;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers fields,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean ends) {
    Http2ClientStream served = connection.served(streamId);
    if (served != null) {
      served.trailers(fields);
    } else {
      connection.begin(connection.connection().stream(streamId), fields, ends);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ends) {
    Http2ClientStream served = connection.served(streamId);
    return served == null ? data.readableBytes() + padding : served.data(data, padding, ends);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) {
    Http2ClientStream served = connection.served(streamId);
    if (served != null) {
      served.windowGrew();
    }
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    connection.begun();
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    connection.refuseStreamsOurselves();
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    connection.farewell().heard(data);
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    connection.closed(stream);
  }
}

package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Replies in a row that go on to a client as they come. */
final class RunToClient extends Awaiting {

  private final Passage passage;
  private final Outlet outlet;
  private final NodeConnection connection;
  final Outlet.Place place;

  /** Whether a reply has begun to go on and has not ended. */
  private boolean within;

  RunToClient(Passage passage, Outlet outlet, NodeConnection connection, Outlet.Place place) {
    this.passage = passage;
    this.outlet = outlet;
    this.connection = connection;
    this.place = place;
  }

  Passage passage() {
    return passage;
  }

  @Override
  void part(ByteBuf in, int at, int length, boolean ends) {
    within = !ends;
    outlet.part(place, in, at, length, ends);
    connection.home().touched(passage);
    if (connection.isOwned() && !outlet.isWritable()) {
      connection.reading(false);
    }
  }

  @Override
  void end() {
    outlet.done(place);
    passage.replied();
  }

  @Override
  void failed(String error) {
    if (within) {
      outlet.cut();
    }
    ByteBuf line = Unpooled.wrappedBuffer(("-" + error + "\r\n").getBytes(StandardCharsets.UTF_8));
    for (int i = within ? 1 : 0; i < left; i++) {
      outlet.part(place, line, 0, line.readableBytes(), true);
    }
    outlet.done(place);
    connection.home().touched(passage);
    passage.replied();
  }
}

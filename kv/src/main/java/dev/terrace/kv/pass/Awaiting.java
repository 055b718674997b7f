package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Replies in a row that a node owes and that go to the same place. On the loop only. */
abstract class Awaiting {

  /** How many are still to come. */
  int left = 1;

  /** Whether they may take as long as they like. */
  boolean patient;

  /**
   * Takes bytes of the replies, as they come.
   *
   * @param ends whether a reply ends with them
   */
  abstract void part(ByteBuf in, int at, int length, boolean ends);

  /** The last one has come. */
  abstract void end();

  /** The others will not come. */
  abstract void failed(String error);

  /** A reply that nobody wants, unless it is an error. */
  static Awaiting ignored(Consumer<String> onError) {
    return new WholeReply(
        reply -> {
          if (reply.getByte(reply.readerIndex()) == '-') {
            onError.accept(WholeReply.line(reply));
          }
        },
        onError);
  }
}

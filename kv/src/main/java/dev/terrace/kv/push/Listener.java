package dev.terrace.kv.push;

import dev.terrace.kv.resp.ReplyWriter;
import java.util.function.Consumer;

/** A client that something can be pushed to. */
public interface Listener {

  /** The client's number. */
  long number();

  /** Closes the connection behind the replies there are so far. May be called on any thread. */
  void end();

  /**
   * Sends something behind the replies there are so far. May be called on any thread; one that does
   * not read what it is sent is closed.
   */
  void push(Consumer<ReplyWriter> message);
}

package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;

/** Where one client's replies go, in the order of its commands; all on its event loop. */
public interface Outlet {

  /** A place in the order for replies that come later. */
  interface Place {}

  /** Whether no place waits for its replies. */
  boolean isEmpty();

  /** Takes the next place. */
  Place reserve();

  /** Whether nothing came after that place. */
  boolean isLast(Place place);

  /**
   * Takes bytes of a place's replies.
   *
   * @param ends whether a reply ends with them
   */
  void part(Place place, ByteBuf in, int at, int length, boolean ends);

  /** The place has all its replies. */
  void done(Place place);

  /** A whole reply that is ready now, at the next place. */
  void ready(byte[] reply);

  /** Sends something between replies, as soon as none has begun. */
  void push(ByteBuf in, int at, int length);

  /** Whether the client takes what it is sent. */
  boolean isWritable();

  /** Sends what is there and goes on with the client's commands. */
  void goOn();

  /** Closes the connection at once: what it was sent cannot be made whole. */
  void cut();
}

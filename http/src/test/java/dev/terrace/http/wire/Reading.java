package dev.terrace.http.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * What one reader made of all the bytes of a connection: the messages it took, one after the other,
 * and whether it then refused to read on or waits for more.
 *
 * @param refusal why it refused, or empty
 * @param refusedAt where the message begins that was refused or is not complete
 */
record Reading(List<Message> messages, String refusal, int refusedAt) {

  /**
   * A message whose head was taken.
   *
   * @param start the first line as understood, parted by single spaces
   * @param headers each as {@code name: value}
   * @param framing how the end of the body is found
   * @param body what of the body has come
   * @param whole whether the body is complete
   */
  record Message(
      int at, String start, List<String> headers, String framing, String body, boolean whole) {

    Message {
      headers = List.copyOf(headers);
    }

    boolean sameHead(Message other) {
      return start.equals(other.start)
          && headers.equals(other.headers)
          && framing.equals(other.framing);
    }

    boolean sameBody(Message other) {
      return body.equals(other.body) && whole == other.whole;
    }
  }

  Reading {
    messages = List.copyOf(messages);
  }

  boolean refused() {
    return !refusal.isEmpty();
  }

  /** Collects a reading. */
  static final class Builder {
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();

    void head(int at, String start, List<String> headers, String framing) {
      body.setLength(0);
      messages.add(new Message(at, start, headers, framing, "", false));
    }

    void data(CharSequence data) {
      body.append(data);
    }

    /** The last message is as it will be. */
    void end(boolean whole) {
      Message last = messages.removeLast();
      messages.add(
          new Message(
              last.at(), last.start(), last.headers(), last.framing(), body.toString(), whole));
    }

    Reading done(String refusal, int refusedAt) {
      return new Reading(messages, refusal, refusedAt);
    }
  }
}

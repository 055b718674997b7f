package dev.terrace.http.observe;

import dev.terrace.http.wire.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What logs and traces tell of what the client sent, copied from the request's head: bytes, one
 * stretch after the other, of which nothing may be believed.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RequestText(byte[] bytes, int methodEnd, int hostEnd, int targetEnd, int refererEnd) {

  private static final RequestText NOTHING = new RequestText(new byte[0], 0, 0, 0, 0);

  /** Of that head, or nothing if it could not be read. */
  public static RequestText of(@Nullable RequestHead head) {
    if (head == null) {
      return NOTHING;
    }
    int referer = head.find("referer");
    int agent = head.find("user-agent");
    int methodEnd = head.methodEnd() - head.methodStart();
    int hostEnd = methodEnd + head.hostEnd() - head.hostStart();
    int targetEnd = hostEnd + head.targetEnd() - head.pathStart();
    int refererEnd = targetEnd + valueLength(head, referer);
    byte[] text = new byte[refererEnd + valueLength(head, agent)];
    byte[] from = head.bytes();
    System.arraycopy(from, head.methodStart(), text, 0, methodEnd);
    System.arraycopy(from, head.hostStart(), text, methodEnd, hostEnd - methodEnd);
    System.arraycopy(from, head.pathStart(), text, hostEnd, targetEnd - hostEnd);
    if (referer >= 0) {
      System.arraycopy(from, head.valueStart(referer), text, targetEnd, refererEnd - targetEnd);
    }
    if (agent >= 0) {
      System.arraycopy(from, head.valueStart(agent), text, refererEnd, text.length - refererEnd);
    }
    return new RequestText(text, methodEnd, hostEnd, targetEnd, refererEnd);
  }

  private static int valueLength(RequestHead head, int field) {
    return field < 0 ? 0 : head.valueEnd(field) - head.valueStart(field);
  }

  /** The method. */
  public String method() {
    return text(0, methodEnd);
  }

  /** The host asked for, with its port if one was named. */
  public String host() {
    return text(methodEnd, hostEnd);
  }

  /** The path and the query. */
  public String target() {
    return text(hostEnd, targetEnd);
  }

  /** The name of the client's program. */
  public String userAgent() {
    return text(refererEnd, bytes.length);
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}

package dev.terrace.http.head;

import dev.terrace.core.route.QueryText;
import dev.terrace.core.route.RoutePath;
import dev.terrace.core.route.RouteRequest;
import dev.terrace.http.wire.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request's head as routes see it: views of its bytes, good until the next head is read. */
public final class HeadView implements RouteRequest {

  /** A stretch of bytes as text. */
  private static final class Stretch implements CharSequence {
    private byte[] bytes = {};
    private int from;
    private int to;

    Stretch set(byte[] newBytes, int newFrom, int newTo) {
      bytes = newBytes;
      from = newFrom;
      to = newTo;
      return this;
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[from + index] & 0xFF);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Stretch().set(bytes, from + start, from + end);
    }

    @Override
    public String toString() {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
  }

  private final Stretch host = new Stretch();
  private final Stretch path = new Stretch();
  private final Stretch method = new Stretch();
  private CharSequence writtenPath = path;
  private CharSequence matchedPath = path;
  private @Nullable RequestHead head;
  private byte[] clientAddress = {};

  /**
   * Views that request from now on.
   *
   * @param newClientAddress the bytes of the IP address that it came from
   */
  public HeadView of(RequestHead request, byte[] newClientAddress) {
    head = request;
    clientAddress = newClientAddress;
    byte[] bytes = request.bytes();
    host.set(bytes, request.hostStart(), request.hostEnd());
    path.set(bytes, request.pathStart(), request.pathEnd());
    method.set(bytes, request.methodStart(), request.methodEnd());
    String instead = request.pathInstead();
    writtenPath = instead == null ? path : instead;
    matchedPath = RoutePath.forMatching(writtenPath);
    return this;
  }

  /** The path as the client wrote it; an empty one as what stands for it. */
  public CharSequence writtenPath() {
    return writtenPath;
  }

  /** The query with its question mark, or empty. */
  public CharSequence writtenQuery() {
    return head == null ? "" : new Stretch().set(head.bytes(), head.pathEnd(), head.targetEnd());
  }

  @Override
  public CharSequence host() {
    return host;
  }

  @Override
  public CharSequence path() {
    return matchedPath;
  }

  @Override
  public CharSequence method() {
    return method;
  }

  @Override
  public @Nullable CharSequence header(String name) {
    return head == null ? null : head.value(name);
  }

  @Override
  public @Nullable CharSequence cookie(String name) {
    return head == null ? null : head.cookie(name);
  }

  @Override
  public @Nullable CharSequence query(String name) {
    if (head == null || head.pathEnd() >= head.targetEnd()) {
      return null;
    }
    Stretch query = new Stretch().set(head.bytes(), head.pathEnd() + 1, head.targetEnd());
    return QueryText.first(query, name);
  }

  @Override
  public byte[] clientAddress() {
    return clientAddress;
  }
}

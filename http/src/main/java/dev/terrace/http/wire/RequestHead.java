package dev.terrace.http.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's head (RFC 9112, section 3). What could be read in two ways is refused rather than
 * interpreted: see {@link Fault} for the list.
 */
public final class RequestHead extends Head {

  private int methodStart;
  private int methodEnd;
  private int targetStart;
  private int targetEnd;
  private int pathStart;
  private int pathEnd;
  private int authorityStart;
  private int authorityEnd;
  private int hostStart;
  private int hostEnd;
  private int hosts;
  private boolean expectContinue;
  private boolean upgradeNamed;
  private boolean upgradeToHttp2;
  private boolean idempotent;
  private boolean head;

  /** Reads heads of at most that many bytes. */
  public RequestHead(int maxBytes) {
    super(maxBytes);
  }

  @Override
  public void reset() {
    super.reset();
    authorityStart = 0;
    authorityEnd = 0;
    hostStart = 0;
    hostEnd = 0;
    hosts = 0;
    expectContinue = false;
    upgradeNamed = false;
    upgradeToHttp2 = false;
  }

  /** One empty line may precede a request: old clients send one after a body (section 2.2). */
  @Override
  Fault beforeStart() {
    return Fault.NONE;
  }

  @Override
  Fault tooLarge(boolean startLineIsComplete) {
    return startLineIsComplete ? Fault.HEAD_TOO_LARGE : Fault.TARGET_TOO_LONG;
  }

  @Override
  Fault startLine(int from, int to) {
    methodStart = from;
    methodEnd = Ascii.tokenEnd(bytes, from, to);
    if (methodEnd == from || methodEnd == to || bytes[methodEnd] != ' ') {
      return Fault.BAD_START_LINE;
    }
    targetStart = methodEnd + 1;
    targetEnd = targetStart;
    while (targetEnd < to && bytes[targetEnd] > ' ' && bytes[targetEnd] != '#') {
      targetEnd++;
    }
    if (targetEnd == targetStart || targetEnd == to) {
      return Fault.BAD_START_LINE;
    }
    if (bytes[targetEnd] != ' ') {
      return bytes[targetEnd] == '\t' ? Fault.BAD_START_LINE : Fault.BAD_TARGET;
    }
    Fault version = version(targetEnd + 1, to);
    return version == Fault.NONE ? target() : version;
  }

  private Fault version(int from, int to) {
    if (to - from != 8 || !Ascii.same(bytes, from, from + 5, "HTTP/") || bytes[from + 6] != '.') {
      return Fault.BAD_START_LINE;
    }
    byte major = bytes[from + 5];
    byte minor = bytes[from + 7];
    if (major < '0' || major > '9' || minor < '0' || minor > '9') {
      return Fault.BAD_START_LINE;
    }
    version11 = minor == '1';
    return major == '1' && minor <= '1' ? Fault.NONE : Fault.BAD_VERSION;
  }

  private Fault target() {
    head = Ascii.same(bytes, methodStart, methodEnd, "HEAD");
    idempotent = head || isIdempotent();
    if (Ascii.same(bytes, methodStart, methodEnd, "CONNECT")) {
      return Fault.CONNECT_REFUSED;
    }
    pathStart = targetStart;
    if (bytes[targetStart] != '/') {
      if (targetEnd - targetStart == 1 && bytes[targetStart] == '*') {
        pathEnd = targetEnd;
        return Ascii.same(bytes, methodStart, methodEnd, "OPTIONS") ? Fault.NONE : Fault.BAD_TARGET;
      }
      if (!absoluteForm()) {
        return Fault.BAD_TARGET;
      }
    }
    pathEnd = pathStart;
    while (pathEnd < targetEnd && bytes[pathEnd] != '?') {
      pathEnd++;
    }
    return Fault.NONE;
  }

  /**
   * {@code http://host/path}: the authority must agree with Host, the path is what remains and may
   * be empty (RFC 9112, section 3.2.2).
   */
  private boolean absoluteForm() {
    int schemeLength = startsWith("http://") ? 7 : startsWith("https://") ? 8 : 0;
    if (schemeLength == 0) {
      return false;
    }
    authorityStart = targetStart + schemeLength;
    authorityEnd = authorityStart;
    while (authorityEnd < targetEnd && Ascii.isHost(bytes[authorityEnd])) {
      authorityEnd++;
    }
    pathStart = authorityEnd;
    boolean hostEnds =
        authorityEnd == targetEnd || bytes[authorityEnd] == '/' || bytes[authorityEnd] == '?';
    return authorityEnd > authorityStart && hostEnds;
  }

  private boolean startsWith(String scheme) {
    int end = targetStart + scheme.length();
    return end <= targetEnd && Ascii.sameIgnoringCase(bytes, targetStart, end, scheme);
  }

  private boolean isIdempotent() {
    return Ascii.same(bytes, methodStart, methodEnd, "GET")
        || Ascii.same(bytes, methodStart, methodEnd, "PUT")
        || Ascii.same(bytes, methodStart, methodEnd, "DELETE")
        || Ascii.same(bytes, methodStart, methodEnd, "OPTIONS")
        || Ascii.same(bytes, methodStart, methodEnd, "TRACE");
  }

  @Override
  Fault ownField(FieldName name, int from, int to) {
    return switch (name) {
      case HOST -> host(from, to);
      case EXPECT -> {
        expectContinue = true;
        yield Ascii.sameIgnoringCase(bytes, from, to, "100-continue")
            ? Fault.NONE
            : Fault.UNKNOWN_EXPECTATION;
      }
      case UPGRADE -> {
        upgradeNamed = true;
        // h2c would carry further requests past the routes.
        upgradeToHttp2 |= to - from >= 3 && Ascii.lower(bytes[from]) == 'h';
        yield Fault.NONE;
      }
      default -> Fault.NONE;
    };
  }

  private Fault host(int from, int to) {
    if (++hosts > 1) {
      return Fault.REPEATED_HOST;
    }
    hostStart = from;
    hostEnd = to;
    for (int i = from; i < to; i++) {
      if (!Ascii.isHost(bytes[i])) {
        return Fault.BAD_HOST;
      }
    }
    return from == to ? Fault.BAD_HOST : Fault.NONE;
  }

  @Override
  Fault ownFinish() {
    if (hosts == 0 && version11) {
      return Fault.NO_HOST;
    }
    if (authorityEnd > authorityStart) {
      if (hosts == 1
          && !Ascii.sameIgnoringCase(bytes, hostStart, hostEnd, authorityStart, authorityEnd)) {
        return Fault.HOST_DIFFERS;
      }
      hostStart = authorityStart;
      hostEnd = authorityEnd;
    }
    return Fault.NONE;
  }

  /**
   * What stands for an empty path: {@code *} if the server itself is asked for its options (RFC
   * 9112, section 3.2.4), else {@code /}. Null if there is a path.
   */
  public @Nullable String pathInstead() {
    if (pathStart < pathEnd) {
      return null;
    }
    boolean ofServer = Ascii.same(bytes, methodStart, methodEnd, "OPTIONS") && pathEnd == targetEnd;
    return ofServer ? "*" : "/";
  }

  /** Whether the client speaks HTTP/1.1, else 1.0. */
  public boolean isVersion11() {
    return version11;
  }

  /** Whether serving it twice is as good as once (RFC 9110, section 9.2.2). */
  public boolean isRepeatable() {
    return idempotent;
  }

  /** Whether the method is HEAD: the answer then has no body. */
  public boolean isHead() {
    return head;
  }

  /** Whether the client offers another protocol, other than HTTP/2 in clear text. */
  public boolean offersUpgrade() {
    return version11 && upgradeNamed && connectionUpgrades() && !upgradeToHttp2;
  }

  /** Whether the client waits for 100 (Continue) before it sends the body. */
  public boolean expectsContinue() {
    return expectContinue && version11;
  }

  /** Sets the framing up for the body that follows. */
  public void frame(BodyFraming framing, int maxTrailer) {
    if (chunked) {
      framing.startChunked(maxTrailer);
    } else {
      framing.startLength(Math.max(contentLength, 0));
    }
  }

  /** Whether the body comes in chunks. */
  public boolean isChunked() {
    return chunked;
  }

  /** Whether a Host header was sent. */
  public boolean hasHostField() {
    return hosts == 1;
  }

  public int methodStart() {
    return methodStart;
  }

  public int methodEnd() {
    return methodEnd;
  }

  /** Where the target's path begins: after the authority, if the target has one. */
  public int pathStart() {
    return pathStart;
  }

  /** Where the path ends: before the query. */
  public int pathEnd() {
    return pathEnd;
  }

  /** Where the target ends, with the query. */
  public int targetEnd() {
    return targetEnd;
  }

  /** Where the host asked for begins; empty if none was named. */
  public int hostStart() {
    return hostStart;
  }

  public int hostEnd() {
    return hostEnd;
  }

  /** The method as text. */
  public String method() {
    return text(methodStart, methodEnd);
  }

  /** The value of a cookie, or null. */
  public @Nullable String cookie(String name) {
    for (int i = 0; i < fields(); i++) {
      if (name(i) == FieldName.COOKIE) {
        String found = Cookies.find(bytes, valueStart(i), valueEnd(i), name);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length(), StandardCharsets.ISO_8859_1);
  }
}

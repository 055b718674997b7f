package dev.terrace.http.http2;

import dev.terrace.http.wire.Fault;
import io.netty.util.AsciiString;
import java.util.Map.Entry;

/** A request's fields, judged as a whole: RFC 9113, section 8.3.1, and RFC 8441, section 4. */
final class RequestFields {

  private static final AsciiString ABSENT = AsciiString.EMPTY_STRING;

  CharSequence method = ABSENT;
  CharSequence host = ABSENT;
  int cookies;
  boolean lengthGiven;
  private CharSequence path = ABSENT;
  private CharSequence scheme = ABSENT;
  private CharSequence authority = ABSENT;
  private CharSequence protocol = ABSENT;
  private boolean hostRepeated;

  Fault read(Iterable<Entry<CharSequence, CharSequence>> fields) {
    boolean regular = false;
    for (Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.length() > 0 && name.charAt(0) == ':') {
        if (regular || !pseudo(name, field.getValue())) {
          return Fault.BAD_PSEUDO_FIELD;
        }
      } else {
        regular = true;
        Fault fault = FieldRules.check(name, field.getValue());
        if (fault != Fault.NONE) {
          return fault;
        }
        regular(name, field.getValue());
      }
    }
    return finish();
  }

  /** Takes a pseudo field; false if it is not known, not valid or was there before. */
  private boolean pseudo(CharSequence name, CharSequence value) {
    if (value.isEmpty() || !isVisible(value)) {
      return false;
    }
    CharSequence before;
    if (is(name, ":method")) {
      before = method;
      method = value;
    } else if (is(name, ":path")) {
      before = path;
      path = value;
    } else if (is(name, ":scheme")) {
      before = scheme;
      scheme = value;
    } else if (is(name, ":authority")) {
      before = authority;
      authority = value;
    } else if (is(name, ":protocol")) {
      before = protocol;
      protocol = value;
    } else {
      return false;
    }
    return before.isEmpty();
  }

  /** Nothing that would end a word of the request line. */
  private static boolean isVisible(CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c >= 0x7F) {
        return false;
      }
    }
    return true;
  }

  private void regular(CharSequence name, CharSequence value) {
    if (is(name, "cookie")) {
      cookies++;
    } else if (is(name, "host")) {
      hostRepeated = !host.isEmpty();
      host = value;
    } else if (is(name, "content-length")) {
      lengthGiven = true;
    }
  }

  private Fault finish() {
    if (method.isEmpty()) {
      return Fault.BAD_PSEUDO_FIELD;
    }
    if (hostRepeated) {
      return Fault.REPEATED_HOST;
    }
    if (!authority.isEmpty()) {
      if (!host.isEmpty() && !AsciiString.contentEqualsIgnoreCase(host, authority)) {
        return Fault.HOST_DIFFERS;
      }
      host = authority;
    }
    return isPlainConnect() ? finishConnect() : finishTarget();
  }

  private boolean isPlainConnect() {
    return is(method, "CONNECT") && protocol.isEmpty();
  }

  private Fault finishConnect() {
    return path.isEmpty() && scheme.isEmpty() && !authority.isEmpty()
        ? Fault.NONE
        : Fault.BAD_PSEUDO_FIELD;
  }

  private Fault finishTarget() {
    boolean knownScheme =
        AsciiString.contentEqualsIgnoreCase(scheme, "https")
            || AsciiString.contentEqualsIgnoreCase(scheme, "http");
    boolean originForm = !path.isEmpty() && (path.charAt(0) == '/' || is(path, "*"));
    boolean extends8441 = protocol.isEmpty() || is(method, "CONNECT");
    return knownScheme && originForm && extends8441 ? Fault.NONE : Fault.BAD_PSEUDO_FIELD;
  }

  boolean opensWebSocket() {
    return is(method, "CONNECT") && AsciiString.contentEqualsIgnoreCase(protocol, "websocket");
  }

  /** What stands between method and version in HTTP/1.1. */
  CharSequence target() {
    return isPlainConnect() ? authority : path;
  }

  /** Whether the absence of a body is worth a word: RFC 9110, section 8.6. */
  boolean mostlyHasBody() {
    return is(method, "POST") || is(method, "PUT") || is(method, "PATCH");
  }

  private static boolean is(CharSequence value, String wanted) {
    return AsciiString.contentEquals(value, wanted);
  }
}

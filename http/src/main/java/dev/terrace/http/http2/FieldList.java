package dev.terrace.http.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map.Entry;
import java.util.NoSuchElementException;

/**
 * Fields in the order in which they came or will go: Netty's own headers would put pseudo fields
 * first, which hides those that came too late, and hash every name. Only what the codec of a server
 * asks for looks at this list; the rest of what is inherited sees nothing.
 */
final class FieldList extends DefaultHttp2Headers {

  private static final AsciiString STATUS = AsciiString.cached(":status");

  private CharSequence[] all = new CharSequence[32];
  private int end;

  FieldList() {
    super(false, false, 2);
  }

  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (end == all.length) {
      all = Arrays.copyOf(all, 2 * end);
    }
    all[end] = name;
    all[end + 1] = value;
    end += 2;
    return this;
  }

  @Override
  public int size() {
    return end / 2;
  }

  @Override
  public boolean isEmpty() {
    return end == 0;
  }

  @Override
  public List<CharSequence> getAll(CharSequence name) {
    List<CharSequence> found = List.of();
    for (int i = 0; i < end; i += 2) {
      if (AsciiString.contentEquals(all[i], name)) {
        found = new ArrayList<>(found);
        found.add(all[i + 1]);
      }
    }
    return found;
  }

  /** The codec writes a length that was repeated as one; the request is refused later. */
  @Override
  public Http2Headers setLong(CharSequence name, long value) {
    return this;
  }

  @Override
  public CharSequence status() {
    return end > 0 && AsciiString.contentEquals(STATUS, all[0]) ? all[1] : AsciiString.EMPTY_STRING;
  }

  @Override
  public Iterator<Entry<CharSequence, CharSequence>> iterator() {
    return new Cursor();
  }

  /** One object is the iterator and each entry in turn. */
  private final class Cursor
      implements Iterator<Entry<CharSequence, CharSequence>>, Entry<CharSequence, CharSequence> {
    private int at = -2;

    @Override
    public boolean hasNext() {
      return at + 2 < end;
    }

    @Override
    public Entry<CharSequence, CharSequence> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      at += 2;
      return this;
    }

    @Override
    public CharSequence getKey() {
      return all[at];
    }

    @Override
    public CharSequence getValue() {
      return all[at + 1];
    }

    @Override
    public CharSequence setValue(CharSequence value) {
      throw new UnsupportedOperationException();
    }
  }
}

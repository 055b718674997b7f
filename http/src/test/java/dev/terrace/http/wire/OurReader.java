package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a connection's bytes with the parser that serves. */
final class OurReader {

  private final Head head;
  private final BodyFraming framing = new BodyFraming();
  private final Reading.Builder reading = new Reading.Builder();
  private boolean inBody;

  /** After 101 the connection speaks another protocol. */
  private boolean left;

  private int consumed;
  private int messageStart;
  private Fault fault = Fault.NONE;

  private OurReader(Head head) {
    this.head = head;
  }

  static Reading requests(int maxHead, List<byte[]> pieces) {
    return new OurReader(new RequestHead(maxHead)).read(pieces);
  }

  static Reading answers(int maxHead, List<byte[]> pieces) {
    return new OurReader(new ResponseHead(maxHead)).read(pieces);
  }

  private Reading read(List<byte[]> pieces) {
    for (byte[] piece : pieces) {
      ByteBuf in = Unpooled.wrappedBuffer(piece);
      while (in.isReadable() && fault == Fault.NONE && !left) {
        int before = in.readerIndex();
        if (inBody) {
          body(in);
        } else {
          head(in);
        }
        consumed += in.readerIndex() - before;
        endIfComplete();
      }
    }
    if (inBody) {
      reading.end(false);
    }
    return reading.done(fault == Fault.NONE ? "" : fault.name(), messageStart);
  }

  private void head(ByteBuf in) {
    Head.Verdict verdict = head.feed(in);
    if (verdict == Head.Verdict.BAD) {
      fault = head.fault();
    } else if (verdict == Head.Verdict.COMPLETE) {
      inBody = true;
      reading.head(messageStart, start(), headers(), frame());
    }
  }

  private void body(ByteBuf in) {
    int from = in.readerIndex();
    int to = framing.segment(in, from, in.writerIndex());
    if (framing.lastWasData()) {
      reading.data(in.toString(from, to - from, StandardCharsets.ISO_8859_1));
    }
    in.readerIndex(to);
    fault = framing.fault();
  }

  private void endIfComplete() {
    if (inBody && framing.done()) {
      reading.end(true);
      inBody = false;
      left = head instanceof ResponseHead answer && answer.status() == 101;
      messageStart = consumed;
      head.reset();
    }
  }

  private String start() {
    String version = head.version11 ? "HTTP/1.1" : "HTTP/1.0";
    return switch (head) {
      case RequestHead request ->
          request.method()
              + " "
              + request.text(request.methodEnd() + 1, request.targetEnd())
              + " "
              + version;
      case ResponseHead answer -> version + " " + answer.status();
    };
  }

  private List<String> headers() {
    List<String> headers = new ArrayList<>();
    for (int i = 0; i < head.fields(); i++) {
      String name = head.text(head.lineStart(i), head.nameEnd(i));
      headers.add(name + ": " + head.text(head.valueStart(i), head.valueEnd(i)));
    }
    return headers;
  }

  private String frame() {
    switch (head) {
      case RequestHead request -> request.frame(framing, 1000);
      case ResponseHead answer -> answer.frame(framing, false, 1000);
    }
    if (framing.endsWithConnection()) {
      return "until close";
    }
    boolean chunks = head.chunked && !framing.done();
    return chunks ? "chunked" : framing.done() ? "0 bytes" : head.contentLength + " bytes";
  }
}

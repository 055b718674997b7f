package dev.terrace.http.head;

import dev.terrace.http.wire.FieldName;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Writes heads as they go on to the next hop: copied in as few stretches as can be, without what
 * was meant for this hop alone (RFC 9110, section 7.6.1) or what strangers claim of themselves
 * (X-Forwarded-*, Forwarded, X-Real-IP), and with what we know in their place.
 */
public final class HeadRewriter {

  private static final byte[] VERSION_LINE_END = ascii(" HTTP/1.1\r\n");
  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] LINE_END = ascii("\r\n");
  private static final byte[] HOST = ascii("Host: ");
  private static final byte[] CONNECTION_UPGRADE = ascii("Connection: Upgrade\r\n");
  private static final byte[] CONNECTION_CLOSE = ascii("Connection: close\r\n");
  private static final byte[] CONNECTION_KEEP = ascii("Connection: keep-alive\r\n");
  private static final int ROOM = 192;

  private HeadRewriter() {}

  /** The bytes of a text that is ASCII. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The lines that tell a member about the client, up to the value of the last. */
  public static byte[] forwardedLines(String clientAddress, boolean secure) {
    return ascii(
        "X-Forwarded-For: "
            + clientAddress
            + "\r\nX-Forwarded-Proto: "
            + (secure ? "https" : "http")
            + "\r\nVia: 1.1 terrace\r\nX-Forwarded-Host: ");
  }

  /**
   * The request as the member gets it.
   *
   * @param forwardedLines as {@link #forwardedLines} made them for this client
   * @param defaultHost for a client of HTTP/1.0 that names none
   */
  public static ByteBuf request(
      RequestHead head, byte[] forwardedLines, String defaultHost, ByteBufAllocator allocator) {
    byte[] from = head.bytes();
    ByteBuf out =
        allocator.directBuffer(head.length() + forwardedLines.length + ROOM + defaultHost.length());
    int runStart = startLine(head, out);
    boolean upgrade = head.offersUpgrade();
    for (int i = 0; i < head.fields(); i++) {
      if (!passes(head.name(i), upgrade, head.expectsContinue())) {
        out.writeBytes(from, runStart, head.lineStart(i) - runStart);
        runStart = head.lineEnd(i);
      }
    }
    out.writeBytes(from, runStart, head.length() - 2 - runStart);
    boolean named = head.hostEnd() > head.hostStart();
    if (!head.hasHostField()) {
      out.writeBytes(HOST);
      host(head, named, defaultHost, out);
      out.writeBytes(LINE_END);
    }
    if (upgrade) {
      out.writeBytes(CONNECTION_UPGRADE);
    }
    out.writeBytes(forwardedLines);
    host(head, named, defaultHost, out);
    return out.writeBytes(LINE_END).writeBytes(LINE_END);
  }

  private static void host(RequestHead head, boolean named, String defaultHost, ByteBuf out) {
    if (named) {
      out.writeBytes(head.bytes(), head.hostStart(), head.hostEnd() - head.hostStart());
    } else {
      out.writeCharSequence(defaultHost, StandardCharsets.ISO_8859_1);
    }
  }

  /** Writes the request line if it must change; returns where copying the rest begins. */
  private static int startLine(RequestHead head, ByteBuf out) {
    boolean originForm = head.pathStart() == head.methodEnd() + 1;
    if (originForm && head.isVersion11()) {
      return head.methodStart();
    }
    byte[] from = head.bytes();
    out.writeBytes(from, head.methodStart(), head.methodEnd() + 1 - head.methodStart());
    out.writeBytes(from, head.pathStart(), head.targetEnd() - head.pathStart());
    out.writeBytes(VERSION_LINE_END);
    return head.targetEnd() + VERSION_LINE_END.length;
  }

  private static boolean passes(FieldName name, boolean upgrade, boolean expects) {
    return switch (name) {
      case OTHER, VIA, HOST, COOKIE, CONTENT_LENGTH, TRANSFER_ENCODING -> true;
      case UPGRADE -> upgrade;
      case EXPECT -> expects;
      case TE,
          X_REAL_IP,
          FORWARDED,
          CONNECTION,
          KEEP_ALIVE,
          HTTP2_SETTINGS,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          PROXY_CONNECTION,
          X_FORWARDED_PROTO,
          NAMED_BY_CONNECTION ->
          false;
    };
  }

  /** What the answer's head is to say about the client's connection. */
  public enum Persistence {
    /** Nothing: HTTP/1.1 stays open. */
    SILENT,
    /** That it stays open, to a client of HTTP/1.0. */
    KEEP_ALIVE,
    CLOSE
  }

  /**
   * The answer as the client gets it.
   *
   * @param chunksPass whether the client understands chunks; else its body goes without
   * @param extraLine a whole header line to add, or nothing
   */
  public static ByteBuf answer(
      ResponseHead head,
      Persistence persistence,
      boolean chunksPass,
      byte[] extraLine,
      ByteBufAllocator allocator) {
    byte[] from = head.bytes();
    ByteBuf out = allocator.directBuffer(head.length() + extraLine.length + 64);
    out.writeBytes(VERSION);
    int runStart = head.statusStart();
    for (int i = 0; i < head.fields(); i++) {
      if (!passesBack(head, i, chunksPass)) {
        out.writeBytes(from, runStart, head.lineStart(i) - runStart);
        runStart = head.lineEnd(i);
      }
    }
    out.writeBytes(from, runStart, head.length() - 2 - runStart);
    out.writeBytes(extraLine);
    if (head.status() == 101) {
      out.writeBytes(CONNECTION_UPGRADE);
    } else if (!head.isInterim()) {
      switch (persistence) {
        case SILENT -> {}
        case KEEP_ALIVE -> out.writeBytes(CONNECTION_KEEP);
        case CLOSE -> out.writeBytes(CONNECTION_CLOSE);
      }
    }
    return out.writeBytes(LINE_END);
  }

  private static boolean passesBack(Head head, int field, boolean chunksPass) {
    ResponseHead answer = (ResponseHead) head;
    return switch (head.name(field)) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, NAMED_BY_CONNECTION -> false;
      case UPGRADE -> answer.status() == 101 || answer.status() == 426;
      // RFC 9112, section 6.1: never in an answer of 1xx or 204.
      case TRANSFER_ENCODING -> chunksPass && answer.status() >= 200 && answer.status() != 204;
      case CONTENT_LENGTH -> answer.status() >= 200 && answer.status() != 204;
      case OTHER,
          TE,
          VIA,
          HOST,
          COOKIE,
          EXPECT,
          X_REAL_IP,
          FORWARDED,
          HTTP2_SETTINGS,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          X_FORWARDED_PROTO ->
          true;
    };
  }
}

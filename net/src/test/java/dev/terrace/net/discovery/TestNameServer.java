package dev.terrace.net.discovery;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** A real name server on 127.0.0.1, over UDP and TCP, that answers as a test tells it. */
final class TestNameServer implements AutoCloseable {

  /** How it treats a question. */
  enum Mood {
    ANSWERS,
    /** UDP answers are cut short, so that the client asks again over TCP. */
    TRUNCATES,
    SERVFAIL,
    SILENT,
    GARBAGE
  }

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<String, List<Record>> answers = new ConcurrentHashMap<>();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private volatile Mood mood = Mood.ANSWERS;

  TestNameServer() throws IOException {
    InetAddress local = InetAddress.getByName("127.0.0.1");
    tcp = new ServerSocket(0, 50, local);
    udp = new DatagramSocket(tcp.getLocalPort(), local);
    Thread.ofPlatform().daemon().start(this::serveUdp);
    Thread.ofPlatform().daemon().start(this::serveTcp);
  }

  int port() {
    return udp.getLocalPort();
  }

  /** All questions so far, as in "app.test. A". */
  List<String> questions() {
    return questions;
  }

  TestNameServer is(Mood next) {
    mood = next;
    return this;
  }

  /** Answers the question ("app.test. A") with these records, in the text form of zone files. */
  TestNameServer answer(String question, String... records) {
    answers.put(question, java.util.Arrays.stream(records).map(TestNameServer::record).toList());
    return this;
  }

  void forget(String question) {
    answers.remove(question);
  }

  private static Record record(String text) {
    String[] part = text.split(" ", 4);
    try {
      return Record.fromString(
          org.xbill.DNS.Name.fromString(part[0]),
          org.xbill.DNS.Type.value(part[2]),
          org.xbill.DNS.DClass.IN,
          Long.parseLong(part[1]),
          part[3],
          org.xbill.DNS.Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] answer = answer(java.util.Arrays.copyOf(buffer, packet.getLength()), true);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        try (Socket client = tcp.accept()) {
          DataInputStream in = new DataInputStream(client.getInputStream());
          byte[] answer = answer(in.readNBytes(in.readUnsignedShort()), false);
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          out.writeShort(answer.length);
          out.write(answer);
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private byte[] answer(byte[] question, boolean overUdp) throws IOException {
    Message asked = new Message(question);
    Record about = asked.getQuestion();
    String key = about.getName() + " " + org.xbill.DNS.Type.string(about.getType());
    questions.add(key);
    Message answer = new Message(asked.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(about, Section.QUESTION);
    switch (mood) {
      case SILENT -> {
        return new byte[0];
      }
      case GARBAGE -> {
        byte[] noise = question.clone();
        java.util.Arrays.fill(noise, 2, noise.length, (byte) 0xff);
        return noise;
      }
      case SERVFAIL -> answer.getHeader().setRcode(Rcode.SERVFAIL);
      case TRUNCATES, ANSWERS -> {
        if (mood == Mood.TRUNCATES && overUdp) {
          answer.getHeader().setFlag(Flags.TC);
        } else {
          fill(answer, about, key);
        }
      }
    }
    return answer.toWire();
  }

  private void fill(Message answer, Record about, String key) {
    List<Record> records = answers.get(key);
    if (records != null) {
      records.forEach(r -> answer.addRecord(r, Section.ANSWER));
    } else if (answers.keySet().stream().noneMatch(k -> k.startsWith(about.getName() + " "))) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.terrace.net.discovery;

import dev.terrace.core.pool.Address;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Questions to name servers with the time their answers are good for, on an event loop of their
 * own. Nothing is remembered: whoever asks again wants to know. Each question has a socket of its
 * own, and so a port that nobody can guess.
 */
final class NameLookup {

  /** Records with the shortest time to live of all that led to them, aliases included. */
  record Answer<R>(List<R> records, Duration ttl) {
    Answer {
      records = List.copyOf(records);
    }

    Answer<R> within(Duration longest) {
      return longest.compareTo(ttl) < 0 ? new Answer<>(records, longest) : this;
    }
  }

  /** An SRV record. */
  record Service(int priority, int weight, int port, String target) {}

  /** Why there is no answer. */
  static final class LookupFailure extends Exception {
    private static final long serialVersionUID = 1;
    private final String reason;
    private final boolean absent;

    private LookupFailure(String reason, boolean absent) {
      super(reason);
      this.reason = reason;
      this.absent = absent;
    }

    static LookupFailure absent(String reason) {
      return new LookupFailure(reason, true);
    }

    /** For people. */
    String reason() {
      return reason;
    }

    /** Whether a server said that there are no such records, rather than nothing of use. */
    boolean isAbsent() {
      return absent;
    }
  }

  private static final int QUERY_TIMEOUT_MILLIS = 2_000;
  private static final int LOOKUP_TIMEOUT_SECONDS = 10;
  private static final int SRV_FIXED_BYTES = 6;

  private final EventLoop loop;
  private final List<Address> servers;

  /** Asks those servers, or the system's if there are none. */
  NameLookup(EventLoop loop, List<Address> servers) {
    this.loop = loop;
    this.servers = List.copyOf(servers);
  }

  /** The IPv4 addresses of a name; if it has none, the IPv6 ones. */
  Answer<String> addresses(String name) throws LookupFailure, InterruptedException {
    try {
      return ask(name, DnsRecordType.A, NameLookup::address);
    } catch (LookupFailure e) {
      if (!e.isAbsent()) {
        throw e;
      }
      return ask(name, DnsRecordType.AAAA, NameLookup::address);
    }
  }

  /** The SRV records of a name. */
  Answer<Service> services(String name) throws LookupFailure, InterruptedException {
    Answer<Service> answer = ask(name, DnsRecordType.SRV, NameLookup::service);
    // RFC 2782: the root as target says that the service is decidedly not there.
    if (answer.records().stream().allMatch(s -> s.target().equals("."))) {
      throw LookupFailure.absent(shown(name) + " says that there is no such service");
    }
    return answer;
  }

  private interface Reading<R> {
    R of(ByteBuf content);
  }

  private <R> Answer<R> ask(String name, DnsRecordType type, Reading<R> reading)
      throws LookupFailure, InterruptedException {
    DnsNameResolver resolver = resolver();
    try {
      DnsQuestion question = new DefaultDnsQuestion(name, type);
      Future<List<DnsRecord>> asked = resolver.resolveAll(question);
      if (!isAnswered(asked)) {
        throw new LookupFailure(
            shown(name) + ": no answer in " + LOOKUP_TIMEOUT_SECONDS + " s", false);
      }
      Throwable cause = asked.cause();
      if (cause != null) {
        throw failure(name, type, cause);
      }
      List<DnsRecord> records = asked.getNow();
      try {
        Answer<R> answer = read(name, type, records, reading);
        boolean direct = records.stream().allMatch(r -> r.name().equals(question.name()));
        return direct ? answer : answer.within(aliases(resolver, question));
      } finally {
        records.forEach(ReferenceCountUtil::release);
      }
    } finally {
      resolver.close();
    }
  }

  /** Waits; if nobody needs the answer any more it is released when it comes. */
  private static boolean isAnswered(Future<?> asked) throws InterruptedException {
    boolean answered = false;
    try {
      answered = asked.await(LOOKUP_TIMEOUT_SECONDS, TimeUnit.SECONDS) || !asked.cancel(false);
      return answered;
    } finally {
      if (!answered) {
        asked.cancel(false);
      }
    }
  }

  /** The shortest time to live of the aliases (CNAME) in an answer: the records come without. */
  private static Duration aliases(DnsNameResolver resolver, DnsQuestion question)
      throws InterruptedException {
    var asked = resolver.query(question);
    if (!isAnswered(asked) || !asked.isSuccess()) {
      return Duration.ZERO;
    }
    var envelope = asked.getNow();
    try {
      DnsResponse response = envelope.content();
      long shortest = Long.MAX_VALUE;
      for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
        DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
        if (record.type().equals(DnsRecordType.CNAME)) {
          shortest = Math.min(shortest, record.timeToLive());
        }
      }
      return Duration.ofSeconds(shortest);
    } finally {
      envelope.release();
    }
  }

  private DnsNameResolver resolver() {
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(loop)
            .datagramChannelType(NioDatagramChannel.class)
            .socketChannelType(NioSocketChannel.class)
            .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS);
    if (!servers.isEmpty()) {
      List<InetSocketAddress> sockets = new ArrayList<>();
      servers.forEach(
          s -> sockets.add(new InetSocketAddress(s.host(), s.port() == 0 ? 53 : s.port())));
      builder.nameServerProvider(_ -> DnsServerAddresses.sequential(sockets).stream());
    }
    return builder.build();
  }

  private static <R> Answer<R> read(
      String name, DnsRecordType type, List<DnsRecord> records, Reading<R> reading)
      throws LookupFailure {
    long ttl = Long.MAX_VALUE;
    List<R> values = new ArrayList<>();
    try {
      for (DnsRecord record : records) {
        if (record.type().equals(type) && record instanceof DnsRawRecord raw) {
          ttl = Math.min(ttl, record.timeToLive());
          values.add(reading.of(raw.content()));
        }
      }
    } catch (RuntimeException e) {
      throw new LookupFailure(shown(name) + ": a malformed " + type.name() + " record", false);
    }
    if (values.isEmpty()) {
      throw LookupFailure.absent(shown(name) + " has no " + type.name() + " record");
    }
    return new Answer<>(values, Duration.ofSeconds(ttl));
  }

  private static String address(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.getBytes(content.readerIndex(), bytes);
    return NetUtil.bytesToIpAddress(bytes);
  }

  private static Service service(ByteBuf content) {
    int at = content.readerIndex();
    // A duplicate sees the whole message: servers may compress the target, though they should not.
    ByteBuf target = content.duplicate().readerIndex(at + SRV_FIXED_BYTES);
    return new Service(
        content.getUnsignedShort(at),
        content.getUnsignedShort(at + 2),
        content.getUnsignedShort(at + 4),
        DefaultDnsRecordDecoder.decodeName(target));
  }

  private static LookupFailure failure(String name, DnsRecordType type, Throwable cause) {
    DnsResponseCode code = code(cause);
    if (code == null && DnsNameResolver.isTransportOrTimeoutError(cause)) {
      return new LookupFailure(shown(name) + ": no name server answers", false);
    }
    if (code == null || code.equals(DnsResponseCode.NOERROR)) {
      return LookupFailure.absent(shown(name) + " has no " + type.name() + " record");
    }
    if (code.equals(DnsResponseCode.NXDOMAIN)) {
      return LookupFailure.absent("there is no name " + shown(name) + " (NXDOMAIN)");
    }
    return new LookupFailure(shown(name) + ": the name server says " + code, false);
  }

  private static String shown(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static @Nullable DnsResponseCode code(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DnsErrorCauseException answered) {
        return answered.getCode();
      }
    }
    return null;
  }
}

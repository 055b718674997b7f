package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;

/** Passes if the member accepts a TCP connection. */
public record TcpProbe() implements Probe {

  @Override
  public ProbeResult probe(Member member, Duration timeout) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(member.address().host(), member.address().port()),
          Math.toIntExact(timeout.toMillis()));
      return new ProbeResult.Passed();
    } catch (SocketTimeoutException e) {
      return new ProbeResult.Failed("no connection within " + timeout.toMillis() + " ms");
    } catch (IOException e) {
      return new ProbeResult.Failed(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
    }
  }
}

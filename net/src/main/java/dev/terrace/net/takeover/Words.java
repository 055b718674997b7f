package dev.terrace.net.takeover;

import dev.terrace.net.ListeningSockets.Kind;
import dev.terrace.net.ListeningSockets.Listening;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * What the two processes say to each other, a line each. The new one: {@code TAKE OVER 1}; the old:
 * a line for each socket, {@code END}; the new: {@code SEND}, and the old sends the sockets in that
 * order; the new, as soon as it serves: {@code SERVING}; the old, when it no longer listens: {@code
 * LEAVING}.
 */
final class Words {

  static final String TAKE_OVER = "TAKE OVER 1";
  static final String END = "END";
  static final String SEND = "SEND";
  static final String SERVING = "SERVING";
  static final String LEAVING = "LEAVING";
  static final String BUSY = "BUSY";

  private Words() {}

  static String line(Listening socket) {
    return socket.kind().name().toLowerCase(Locale.ROOT)
        + " "
        + socket.address().getAddress().getHostAddress()
        + " "
        + socket.address().getPort();
  }

  static Listening listening(String line, FileDescriptor socket) throws IOException {
    String[] parts = line.split(" ", -1);
    byte[] address =
        parts.length == 3 ? NetUtil.createByteArrayFromIpAddressString(parts[1]) : null;
    if (address == null) {
      throw new IOException("not a socket: '" + line + "'");
    }
    Kind kind = parts[0].equals("tcp") ? Kind.TCP : Kind.UDP;
    return new Listening(
        kind,
        new InetSocketAddress(InetAddress.getByAddress(address), Integer.parseInt(parts[2])),
        socket);
  }
}

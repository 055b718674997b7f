package dev.terrace.app.server;

import dev.terrace.config.RuntimeConfig.TransportChoice;
import dev.terrace.net.Transport;

/** The transport that the file's choice means on this machine. */
final class Transports {

  private Transports() {}

  static Transport of(TransportChoice choice) {
    return switch (choice) {
      case AUTO -> Transport.best();
      case IO_URING -> Transport.IO_URING;
      case EPOLL -> Transport.EPOLL;
      case NIO -> Transport.NIO;
    };
  }
}

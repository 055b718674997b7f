package dev.terrace.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Sends a body of zeros as the windows allow. */
final class H2Upload {

  private final H2Client client;
  private final int stream;
  private final int size;
  private int connectionWindow = 65_535;
  private int streamWindow = 256 * 1024;
  private int sent;

  H2Upload(H2Client client, int stream, int size) {
    this.client = client;
    this.stream = stream;
    this.size = size;
  }

  /** The server has opened the connection's window already, before this began to look. */
  H2Upload afterFirstUpdate() {
    connectionWindow = 1024 * 1024;
    return this;
  }

  int sent() {
    return sent;
  }

  /** Sends until no window has come for that long. */
  void sendUntilBlocked(Duration quiet) throws IOException {
    client.timeout(quiet);
    try {
      sendAll();
    } catch (SocketTimeoutException e) {
      client.timeout(Duration.ofSeconds(10));
    }
  }

  void sendAll() throws IOException {
    while (sent < size) {
      int may = Math.min(Math.min(connectionWindow, streamWindow), Math.min(16_384, size - sent));
      if (may > 0) {
        sent += may;
        connectionWindow -= may;
        streamWindow -= may;
        client.data(stream, new byte[may], sent == size);
      } else {
        H2Client.Frame update = client.next(H2Client.WINDOW_UPDATE);
        if (update.stream() == 0) {
          connectionWindow += update.int32(0);
        } else {
          streamWindow += update.int32(0);
        }
      }
    }
  }
}

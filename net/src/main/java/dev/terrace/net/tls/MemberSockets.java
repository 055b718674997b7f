package dev.terrace.net.tls;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Secures blocking connections to members by the settings that all of Terrace's TLS takes. */
public final class MemberSockets {

  private final MemberTlsSettings settings;
  private final SSLContext context;

  private MemberSockets(MemberTlsSettings settings, SSLContext context) {
    this.settings = settings;
    this.context = context;
  }

  /**
   * Reads the files that the settings name.
   *
   * @throws TlsFailure if one cannot be used
   */
  public static MemberSockets read(MemberTlsSettings settings) throws TlsFailure {
    return new MemberSockets(settings, JdkTls.context(settings));
  }

  /** Where the sockets come from, for a driver that must know; none of them asks for a name. */
  public SSLSocketFactory factory() {
    return context.getSocketFactory();
  }

  /**
   * TLS over a connection; the handshake is yet to be made.
   *
   * @param host the member's own, which counts if the settings name no server
   */
  public SSLSocket secure(Socket socket, String host, int port) throws IOException {
    String name = settings.serverName().orElse(host);
    SSLSocket secured = (SSLSocket) factory().createSocket(socket, name, port, true);
    SSLParameters parameters = secured.getSSLParameters();
    if (settings.verify() == MemberTlsSettings.Verify.NAME) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (settings.serverName().isPresent()) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    secured.setSSLParameters(parameters);
    return secured;
  }
}

package dev.terrace.conformance;

import dev.terrace.app.server.Terrace;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.net.BindFailure;
import dev.terrace.sandbox.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A whole Terrace in this process, with one route to one member. */
final class RunningTerrace implements AutoCloseable {

  private final int port = FreePorts.one();
  private final Terrace terrace;

  private RunningTerrace(Path folder, String listen, String more, int member)
      throws IOException, BindFailure {
    Path file = folder.resolve("terrace-" + port + ".yaml");
    Files.writeString(
        file,
        """
        runtime: {loops: 2, drain-timeout: 1s}
        listen: {%s: '127.0.0.1:%d'}
        %s
        pools: {app: {members: ['127.0.0.1:%d']}}
        http:
          %s
          routes: [{match: {path: /*}, pool: app}]
        """
            .formatted(
                listen,
                port,
                listen.equals("https")
                    ? "tls: {certificates: [{certificate: c.pem, key: c.key}]}"
                    : "",
                member,
                more));
    terrace = Terrace.start(ConfigFile.load(file, Map.of()).orThrow(), file);
  }

  /** HTTP/1.1 and HTTP/2 in clear text. */
  static RunningTerrace plain(Path folder, int member) throws IOException, BindFailure {
    return new RunningTerrace(folder, "http", "", member);
  }

  /** The same over TLS, with the certificate c.pem and its key c.key of the folder. */
  static RunningTerrace secure(Path folder, String more, int member)
      throws IOException, BindFailure {
    return new RunningTerrace(folder, "https", more, member);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    terrace.close();
  }
}

package dev.terrace.bench.soak;

import dev.terrace.app.Main;
import dev.terrace.bench.JvmOptions;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** The Terrace under test, in a process of its own: its file, its admin API. */
final class SoakedTerrace implements AutoCloseable {

  private final Path folder;
  private final Path file;
  private final int port = FreePorts.one();
  private final int securePort = FreePorts.one();
  private final int admin = FreePorts.one();
  private final TestCa authority = TestCa.create();
  private final SSLContext clientTls = authority.clientContext();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Member> members;
  private final Member tunnels;
  private final Process process;

  SoakedTerrace(Path folder, List<Member> members, Member tunnels)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.members = List.copyOf(members);
    this.tunnels = tunnels;
    this.file = folder.resolve("terrace.yaml");
    write(1);
    changeCertificate();
    process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                JvmOptions.argument(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("terrace.log").toFile())
            .start();
    awaitPort();
  }

  /** Writes the file, each time another one: {@code version} changes weights and timeouts. */
  void write(int version) throws IOException {
    String weighted =
        members.stream()
            .map(m -> "{address: '" + m.address() + "', weight: " + (1 + version % 3) + "}")
            .collect(Collectors.joining(", "));
    String text =
        """
        # version %1$d
        runtime: {loops: 2, drain-timeout: 1s}
        listen: {http: '127.0.0.1:%2$d', https: '127.0.0.1:%9$d', admin: '127.0.0.1:%3$d'}
        tls: {certificates: [{certificate: soak.pem, key: soak.key}]}
        pools:
          app:
            members: [%4$s]
            balance: %5$s
            idle-timeout: %6$ds
            health: {every: 200ms, timeout: 1s, rise: 1, fall: 2}
          tunnels: {members: ['%7$s'], health: {every: 1s, timeout: 5s}}
        http:
          attempts: 4
          response-timeout: %8$ds
          routes:
            - {match: {path: /tunnel}, pool: tunnels}
            - {match: {path: /*}, pool: app}
        """
            .formatted(
                version,
                port,
                admin,
                weighted,
                version % 2 == 0 ? "round-robin" : "least-connections",
                1 + version % 2,
                tunnels.address(),
                20 + version % 5,
                securePort);
    Path next = Files.writeString(folder.resolve("terrace.yaml.next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes another certificate in the place of the one that is used. */
  void changeCertificate() {
    authority.issue("localhost", "127.0.0.1").write(folder, "soak");
  }

  /** A connection for HTTP/1.1, in clear text or over TLS. */
  Socket connect(boolean secure) {
    try {
      return secure
          ? clientTls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), securePort)
          : new Socket(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Sends a command to the admin API. */
  void command(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
            .header("X-Terrace", "1")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  private void awaitPort() throws IOException, InterruptedException {
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    throw new IOException(
        "Terrace did not start: " + Files.readString(folder.resolve("terrace.log")));
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}

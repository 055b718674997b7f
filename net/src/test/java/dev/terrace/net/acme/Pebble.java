package dev.terrace.net.acme;

import dev.terrace.sandbox.ChildProcess;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Let's Encrypt's test authority (Debian's package pebble), a real ACME server, with a DNS server
 * that says that every name is on 127.0.0.1. It connects to ports that it is told.
 */
final class Pebble implements AutoCloseable {

  private static final Path BINARY = Path.of("/usr/bin/pebble");

  final int httpPort = FreePorts.one();
  final int tlsPort = FreePorts.one();
  private final int port = FreePorts.one();
  private final Path ca;
  private final ChildProcess names;
  private final ChildProcess server;

  static boolean available() {
    return Files.isExecutable(BINARY);
  }

  Pebble(Path folder) throws IOException {
    TestCa own = TestCa.create();
    ca = own.write(folder.resolve("authority-ca.pem"));
    TestCa.Issued.Pem files = own.issue("localhost", "127.0.0.1").write(folder, "authority");
    int dnsPort = FreePorts.one();
    names = names(folder, dnsPort);
    Path config =
        Files.writeString(
            folder.resolve("pebble.json"),
            """
            {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
             "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
             "ocspResponderURL": "", "externalAccountBindingRequired": false}}
            """
                .formatted(
                    port, FreePorts.one(), files.certificate(), files.key(), httpPort, tlsPort));
    server =
        ChildProcess.start(
            new ChildProcess.Spec(
                "pebble",
                List.of(
                    BINARY.toString(),
                    "-config",
                    config.toString(),
                    "-dnsserver",
                    "127.0.0.1:" + dnsPort),
                Map.of("PEBBLE_VA_NOSLEEP", "1"),
                folder.resolve("pebble.log"),
                "TERM",
                2));
    server.waitUntil("it listens", Duration.ofSeconds(20), this::listens);
  }

  /** A name server that finds every name on this machine. */
  private static ChildProcess names(Path folder, int dnsPort) throws IOException {
    return ChildProcess.start(
        new ChildProcess.Spec(
            "pebble-challtestsrv",
            List.of(
                "/usr/bin/pebble-challtestsrv",
                "-dns01",
                "127.0.0.1:" + dnsPort,
                "-management",
                "127.0.0.1:" + FreePorts.one(),
                "-defaultIPv4",
                "127.0.0.1",
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                ""),
            folder.resolve("names.log")));
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  AcmeSettings settings(Path storage, AcmeSettings.Challenge challenge, String... domains) {
    return new AcmeSettings(
        URI.create("https://127.0.0.1:" + port + "/dir"),
        Optional.of("ops@shop.example"),
        List.of(domains),
        storage,
        true,
        challenge,
        Duration.ofDays(30),
        Optional.of(ca));
  }

  String log() {
    return server.tail();
  }

  @Override
  public void close() {
    server.kill();
    names.kill();
  }
}

package dev.terrace.bench.http;

import dev.terrace.bench.MeasuredTerrace;
import dev.terrace.bench.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts the backend and the proxies, configured alike: the same backend over kept connections, the
 * same forwarded headers, TLS 1.2 and 1.3 with the same certificate, no log.
 */
final class Proxies implements AutoCloseable {

  private static final int BACKEND = 18100;

  private final Path folder;
  private final Options options;
  private final boolean secure;
  private final Processes processes;
  private int nextPort = BACKEND + 10;

  Proxies(Path folder, Options options, boolean secure) throws IOException, InterruptedException {
    this.folder = folder;
    this.options = options;
    this.secure = secure;
    this.processes = new Processes(folder, Map.of());
    certificate();
    processes.startJava(List.of(), FastBackend.class, String.valueOf(BACKEND));
    processes.awaitPort(BACKEND);
  }

  /** One of the names that {@link Options#USAGE} lists. */
  Proxy start(String name, boolean allCores) throws IOException, InterruptedException {
    int port = nextPort;
    nextPort += Proxy.PORTS;
    int threads = allCores ? Runtime.getRuntime().availableProcessors() : 1;
    Process process =
        switch (name) {
          case "terrace" -> terrace(port, threads, "epoll");
          case "terrace-io_uring" -> terrace(port, threads, "io_uring");
          case "nginx" ->
              processes.start(
                  "nginx",
                  "-p",
                  folder.toString(),
                  "-c",
                  processes.file("nginx.conf", nginx(port, threads)));
          case "haproxy" ->
              processes.start(
                  "haproxy", "-db", "-f", processes.file("haproxy.cfg", haproxy(port, threads)));
          default -> throw new IllegalArgumentException(Options.USAGE);
        };
    processes.awaitPort(port);
    return new Proxy(name, port, allCores, process);
  }

  private Process terrace(int port, int loops, String transport) throws IOException {
    String yaml =
        """
        runtime: {transport: %s, loops: %d}
        listen: {http: '127.0.0.1:%d'%s}
        %s
        pools: {app: {members: ['127.0.0.1:%d']}}
        http: {routes: [{match: {path: /*}, pool: app}]}
        """
            .formatted(
                transport,
                loops,
                port,
                secure ? ", https: '127.0.0.1:" + (port + 1) + "'" : "",
                secure ? "tls: {certificates: [{certificate: cert.pem, key: key.pem}]}" : "",
                BACKEND);
    String question = String.valueOf(port + Proxy.PORTS - 1);
    return processes.startJava(
        options.java(),
        MeasuredTerrace.class,
        question,
        processes.file("terrace-" + port + ".yaml", yaml));
  }

  private String nginx(int port, int workers) {
    String tls =
        """
        listen 127.0.0.1:%d ssl http2;
              ssl_certificate cert.pem;
              ssl_certificate_key key.pem;
              ssl_protocols TLSv1.2 TLSv1.3;
              ssl_session_cache shared:tls:10m;
        """
            .formatted(port + 1);
    return """
    daemon off;
    worker_processes %1$d;
    worker_rlimit_nofile 20000;
    pid %2$s/nginx-%3$d.pid;
    error_log %2$s/nginx.log;
    events { worker_connections 8192; }
    http {
      access_log off;
      keepalive_requests 1000000000;
      client_body_temp_path %2$s;
      proxy_temp_path %2$s;
      fastcgi_temp_path %2$s;
      uwsgi_temp_path %2$s;
      scgi_temp_path %2$s;
      upstream app { server 127.0.0.1:%4$d; keepalive 1024; keepalive_requests 1000000000; }
      server {
        listen 127.0.0.1:%3$d;
        listen 127.0.0.1:%5$d http2;
        %6$s
        location / {
          proxy_pass http://app;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $host;
          proxy_set_header X-Forwarded-For $remote_addr;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header X-Forwarded-Host $host;
        }
      }
    }
    """
        .formatted(workers, folder, port, BACKEND, port + 2, tls);
  }

  private String haproxy(int port, int threads) {
    return """
    global
      nbthread %1$d
      maxconn 4000
      ssl-default-bind-options ssl-min-ver TLSv1.2
    defaults
      mode http
      maxconn 4000
      timeout connect 1s
      timeout client 60s
      timeout server 30s
      option http-keep-alive
      http-reuse always
    frontend in
      bind 127.0.0.1:%2$d
      bind 127.0.0.1:%3$d ssl crt %4$s/both.pem alpn h2,http/1.1
      bind 127.0.0.1:%5$d proto h2
      http-request set-header X-Forwarded-For %%[src]
      http-request set-header X-Forwarded-Proto http
      http-request set-header X-Forwarded-Host %%[req.hdr(host)]
      default_backend app
    backend app
      server one 127.0.0.1:%6$d
    """
        .formatted(threads, port, port + 1, folder, port + 2, BACKEND);
  }

  private void certificate() throws IOException, InterruptedException {
    String command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            + " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
            + " -keyout key.pem -out cert.pem && cat cert.pem key.pem > both.pem";
    if (processes.start("sh", "-c", command).waitFor() != 0) {
      throw new IOException("openssl made no certificate, see " + folder + "/output.log");
    }
  }

  @Override
  public void close() {
    processes.close();
  }
}

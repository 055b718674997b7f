package dev.terrace.bench.http;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Terrace, nginx and HAProxy in front of the same backend under the same load (wrk), one after the
 * other and several times round, each on one thread. Prints requests per second, latency, and what
 * a request cost the proxy: user and system time of its process from /proc, divided by requests. On
 * a busy machine only that last figure means much.
 */
public final class HttpBench {

  private static final int BACKEND = 18100;
  private static final long TICKS_PER_SECOND = 100;
  private static final Pattern WRK =
      Pattern.compile(
          "Distribution\\s+50%\\s+(\\S+).*?99%\\s+(\\S+).*?(\\d+) requests in.*?Requests/sec:\\s+(\\S+)",
          Pattern.DOTALL);

  private record Proxy(String name, int port, Process process) {
    /** The process that does the work: nginx's worker, or the process itself. */
    long pid() {
      Optional<ProcessHandle> worker =
          name.equals("nginx") ? process.children().findFirst() : Optional.empty();
      return worker.map(ProcessHandle::pid).orElse(process.pid());
    }
  }

  private HttpBench() {}

  /**
   * Runs everything.
   *
   * @param arguments seconds per run, rounds, connections
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    int connections = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 64;
    Path folder = Files.createTempDirectory("terrace-bench");
    List<Process> started = new ArrayList<>();
    try {
      started.add(java(folder, FastBackend.class, String.valueOf(BACKEND)));
      List<Proxy> proxies = startAll(folder, started);
      awaitPort(BACKEND);
      for (Proxy proxy : proxies) {
        awaitPort(proxy.port());
        wrk(proxy.port(), "/s", connections, 2 * seconds); // the compiler's time
        wrk(proxy.port(), "/l", connections, seconds);
      }
      System.out.println("| body | proxy | requests/s | p50 | p99 | CPU us/request |");
      System.out.println("|---|---|---|---|---|---|");
      for (String path : List.of("/s", "/l")) {
        for (int round = 0; round < rounds; round++) {
          for (Proxy proxy : proxies) {
            measure(proxy, path, connections, seconds);
          }
        }
      }
    } finally {
      started.forEach(Process::destroy);
    }
  }

  private static List<Proxy> startAll(Path folder, List<Process> started) throws IOException {
    List<Proxy> proxies = new ArrayList<>();
    int port = BACKEND + 1;
    for (String transport : List.of("EPOLL", "IO_URING")) {
      Process process =
          java(
              folder,
              OneLoopTerrace.class,
              String.valueOf(port),
              String.valueOf(BACKEND),
              transport);
      proxies.add(new Proxy("Terrace " + transport.toLowerCase(Locale.ROOT), port++, process));
    }
    Path nginx = Files.writeString(folder.resolve("nginx.conf"), nginx(folder, port));
    proxies.add(
        new Proxy(
            "nginx",
            port++,
            run(folder, "nginx", "-c", nginx.toString(), "-p", folder.toString())));
    Path haproxy = Files.writeString(folder.resolve("haproxy.cfg"), haproxy(port));
    proxies.add(
        new Proxy("HAProxy", port, run(folder, "haproxy", "-db", "-f", haproxy.toString())));
    proxies.forEach(proxy -> started.add(proxy.process()));
    return proxies;
  }

  private static String nginx(Path folder, int port) {
    return """
    daemon off;
    worker_processes 1;
    pid %1$s/nginx.pid;
    error_log %1$s/nginx.log;
    events { worker_connections 4096; }
    http {
      access_log off;
      keepalive_requests 1000000000;
      client_body_temp_path %1$s;
      proxy_temp_path %1$s;
      fastcgi_temp_path %1$s;
      uwsgi_temp_path %1$s;
      scgi_temp_path %1$s;
      upstream app { server 127.0.0.1:%3$d; keepalive 128; keepalive_requests 1000000000; }
      server {
        listen 127.0.0.1:%2$d;
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
        .formatted(folder, port, BACKEND);
  }

  private static String haproxy(int port) {
    return """
    global
      nbthread 1
    defaults
      mode http
      timeout connect 1s
      timeout client 60s
      timeout server 30s
      option http-keep-alive
      http-reuse always
    frontend in
      bind 127.0.0.1:%d
      http-request set-header X-Forwarded-For %%[src]
      http-request set-header X-Forwarded-Proto http
      http-request set-header X-Forwarded-Host %%[req.hdr(host)]
      default_backend app
    backend app
      server one 127.0.0.1:%d
    """
        .formatted(port, BACKEND);
  }

  private static Process java(Path folder, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    String extra = System.getProperty("bench.java", "");
    if (!extra.isEmpty()) {
      command.addAll(List.of(extra.split(" ", -1)));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return run(folder, command.toArray(String[]::new));
  }

  private static Process run(Path folder, String... command) throws IOException {
    File log = folder.resolve("output.log").toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private static void awaitPort(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 100; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IOException("nothing listens on port " + port);
  }

  private static void measure(Proxy proxy, String path, int connections, int seconds)
      throws IOException, InterruptedException {
    long before = cpuTicks(proxy.pid());
    Matcher result = WRK.matcher(wrk(proxy.port(), path, connections, seconds));
    double ticks = cpuTicks(proxy.pid()) - before;
    if (!result.find()) {
      throw new IOException("wrk said something else");
    }
    double micros = ticks * 1e6 / TICKS_PER_SECOND / Long.parseLong(result.group(3));
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %.1f |%n",
        path.equals("/s") ? "1 KB" : "100 KB",
        proxy.name(),
        result.group(4),
        result.group(1),
        result.group(2),
        micros);
  }

  private static String wrk(int port, String path, int connections, int seconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + seconds + "s",
                "--latency",
                "http://127.0.0.1:" + port + path)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    if (output.contains("Non-2xx") || output.contains("Socket errors")) {
      System.out.println(output);
    }
    return output;
  }

  /** User and system time of a process, in hundredths of a second. */
  private static long cpuTicks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}

package dev.terrace.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.terrace.app.server.Explain;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.signal.Explanation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace explain}: where something would go, and why. Starts and sends nothing. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Print where a name, request, command or statement would go, and why.",
    footer = {
      "",
      "Examples:",
      "  terrace explain shop.yaml --dns www.shop.example",
      "  terrace explain shop.yaml --http /products/42 --host shop.example",
      "  terrace explain shop.yaml --kv 'HGETALL product:42'",
      "  terrace explain shop.yaml --sql 'select * from orders where user_id = 42'"
    })
final class ExplainCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The file, or a folder of them.")
  private @Nullable Path file;

  @ArgGroup(multiplicity = "1")
  private @Nullable Subject subject;

  @Option(names = "--type", defaultValue = "A", description = "With --dns: the record type.")
  private String type = "A";

  @Option(names = "--method", defaultValue = "GET", description = "With --http: the method.")
  private String method = "GET";

  @Option(names = "--host", description = "With --http: the Host header.")
  private @Nullable String host;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME=VALUE",
      description = "With --http: a header; may be given several times.")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(
      names = "--client",
      defaultValue = "127.0.0.1",
      description = "With --http: the client's address.")
  private String client = "127.0.0.1";

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** What is to be explained; exactly one. */
  static final class Subject {
    @Option(names = "--dns", paramLabel = "NAME", required = true, description = "A DNS name.")
    private @Nullable String dns;

    @Option(names = "--http", paramLabel = "PATH", required = true, description = "A request.")
    private @Nullable String http;

    @Option(names = "--kv", paramLabel = "COMMAND", required = true, description = "A command.")
    private @Nullable String kv;

    @Option(names = "--sql", paramLabel = "SQL", required = true, description = "A statement.")
    private @Nullable String sql;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    Optional<TerraceConfig> config = LoadedFile.load(Objects.requireNonNull(file), err);
    if (config.isEmpty()) {
      return 1;
    }
    print(explain(new Explain(config.get())), out);
    return 0;
  }

  private Explanation explain(Explain explain) {
    Subject asked = Objects.requireNonNull(subject);
    if (asked.dns != null) {
      return explain.dns(asked.dns, type);
    }
    if (asked.http != null) {
      Map<String, String> all = new LinkedHashMap<>(headers);
      if (host != null) {
        all.put("Host", host);
      }
      return explain.http(method, asked.http, all, client);
    }
    if (asked.kv != null) {
      return explain.kv(asked.kv);
    }
    return explain.sql(Objects.requireNonNull(asked.sql));
  }

  private void print(Explanation explanation, PrintWriter out) throws JsonProcessingException {
    if (json) {
      out.println(
          JsonMapper.builder()
              .build()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(explanation));
    } else {
      for (Explanation.Step step : explanation.steps()) {
        out.printf(
            "%-5s %-10s %-28s %s%n", step.tier(), step.subject(), step.choice(), step.reason());
      }
    }
    out.flush();
  }
}

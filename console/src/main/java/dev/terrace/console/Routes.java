package dev.terrace.console;

import static java.util.Map.entry;

import dev.terrace.config.file.EffectiveConfig;
import dev.terrace.console.metrics.Exposition;
import dev.terrace.console.view.CacheView;
import dev.terrace.console.view.HealthView;
import dev.terrace.console.view.PoolView;
import dev.terrace.console.view.StoreView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What the admin API answers where. The page and the stream are {@link AdminHandler}'s. */
final class Routes {

  private static final String HELP = "the addresses are listed in docs/reference/admin-api.md";

  /** What answers at one address. */
  interface Endpoint {
    Answer answer(Call call);
  }

  private final Overview overview;
  private final Map<String, Endpoint> reads;
  private final Map<String, Endpoint> commands;
  private final MemberCommand member;

  Routes(Overview overview) {
    this.overview = overview;
    this.member = new MemberCommand(overview);
    reads =
        Map.ofEntries(
            entry("/healthz", call -> Answer.text(Answer.OK, "ok\n")),
            entry("/ready", this::ready),
            entry("/metrics", this::metrics),
            entry("/api/status", call -> Answer.json(Answer.OK, overview.system())),
            entry("/api/health", this::health),
            entry("/api/pools", call -> Answer.json(Answer.OK, PoolView.all(overview.subject()))),
            entry("/api/shards", call -> Answer.json(Answer.OK, StoreView.all(overview.subject()))),
            entry(
                "/api/kv/dead-letters",
                new RefusedWritesCommand(overview.sources(), RefusedWritesCommand.Verb.LIST)),
            entry("/api/sql", new SqlViews(overview.sources())),
            entry("/api/cache", call -> Answer.json(Answer.OK, CacheView.of(overview.subject()))),
            entry("/api/config", this::config),
            entry("/api/reshard", call -> Answer.json(Answer.OK, overview.sources().resharding())));
    commands =
        Map.of(
            "/api/reload", new ReloadCommand(overview.sources()),
            "/api/purge", new PurgeCommand(overview.sources()),
            "/api/failover", new FailoverCommand(overview.sources()),
            "/api/reshard", new ReshardCommand(overview.sources()),
            "/api/kv/dead-letters/replay",
                new RefusedWritesCommand(overview.sources(), RefusedWritesCommand.Verb.REPLAY),
            "/api/kv/dead-letters/drop",
                new RefusedWritesCommand(overview.sources(), RefusedWritesCommand.Verb.DROP),
            "/api/sql/pause", new SqlCommand(overview.sources(), SqlCommand.Verb.PAUSE),
            "/api/sql/resume", new SqlCommand(overview.sources(), SqlCommand.Verb.RESUME),
            "/api/sql/purge", new SqlCommand(overview.sources(), SqlCommand.Verb.PURGE),
            "/api/sql/kill", new SqlCommand(overview.sources(), SqlCommand.Verb.KILL));
  }

  Answer answer(Call call) {
    Endpoint read = reads.get(call.path());
    if (read != null && !(call.method().equals("POST") && commands.containsKey(call.path()))) {
      return call.method().equals("GET") ? read.answer(call) : wrongMethod("GET, HEAD");
    }
    Endpoint command = MemberCommand.matches(call) ? member : commands.get(call.path());
    if (command != null) {
      return call.method().equals("POST") ? command.answer(call) : wrongMethod("POST");
    }
    return Answer.problem(Answer.NOT_FOUND, "there is nothing here", HELP);
  }

  static Answer wrongMethod(String allowed) {
    return Answer.problem(
            Answer.METHOD_NOT_ALLOWED, "this address takes " + allowed + " only", HELP)
        .with("Allow", allowed);
  }

  private Answer ready(Call call) {
    List<String> missing = overview.sources().missing();
    return missing.isEmpty()
        ? Answer.text(Answer.OK, "ready\n")
        : Answer.text(Answer.UNAVAILABLE, "not ready\n" + String.join("\n", missing) + "\n");
  }

  private Answer metrics(Call call) {
    Exposition.Text text = Exposition.write(overview.samples(), call.accept());
    return new Answer(
        Answer.OK, text.contentType(), Map.of(), text.body().getBytes(StandardCharsets.UTF_8));
  }

  private Answer health(Call call) {
    return Answer.json(Answer.OK, HealthView.of(overview.subject(), overview.sources().missing()));
  }

  private Answer config(Call call) {
    String yaml = EffectiveConfig.yaml(overview.sources().file());
    return new Answer(
        Answer.OK,
        "application/yaml; charset=utf-8",
        Map.of(),
        yaml.getBytes(StandardCharsets.UTF_8));
  }
}

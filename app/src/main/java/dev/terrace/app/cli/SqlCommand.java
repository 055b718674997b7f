package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace sql}: operates the SQL front. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description =
        "Look into the SQL front, hold statements back from a store, forget results, end clients.",
    synopsisSubcommandLabel = "(show | pause | resume | purge | kill)",
    subcommands = {
      SqlCommand.Show.class,
      SqlCommand.Pause.class,
      SqlCommand.Resume.class,
      SqlCommand.Purge.class,
      SqlCommand.Kill.class
    })
final class SqlCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec self = Objects.requireNonNull(spec);
    throw new ParameterException(
        self.commandLine(), "Say what to do: show, pause, resume, purge or kill.");
  }

  /** {@code terrace sql show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Print one of the views of the schema terrace, or all, as JSON.")
  static final class Show extends AdminCommand {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "VIEW",
        description = "pools, clients, servers, statements, cache or shards; all if left out.")
    private String view = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.get("/api/sql?view=" + encode(view));
    }
  }

  /** What is about one store. */
  abstract static class OfStore extends AdminCommand {

    @Option(
        names = "--store",
        paramLabel = "STORE",
        description = "The store; may be left out where only one is served.")
    private String store = "";

    String query() {
      return "?store=" + encode(store);
    }
  }

  /** What is about a shard of a store, or all of them. */
  abstract static class OfShards extends OfStore {

    @Option(
        names = "--shard",
        paramLabel = "N",
        description = "The shard, counted from 0; all of them if left out.")
    private String shard = "";

    @Override
    String query() {
      return super.query() + "&shard=" + encode(shard);
    }
  }

  /** {@code terrace sql pause}. */
  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Hold new transactions back; those that run go on to their end.",
      footer = {
        "",
        "What is held back waits for sql.pause-wait, and goes on with 'terrace sql resume'.",
        "The answer says how many sessions still run what began before: 0 is quiet."
      })
  static final class Pause extends OfShards {

    @Option(names = "--writes", description = "Only what may write: reads go on.")
    private boolean writes;

    @Option(
        names = "--wait",
        paramLabel = "TIME",
        description = "How long to wait for transactions that run; 10s if left out.")
    private String wait = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.post(
          "/api/sql/pause"
              + query()
              + "&what="
              + (writes ? "writes" : "everything")
              + "&wait="
              + encode(wait));
    }
  }

  /** {@code terrace sql resume}. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Let go on what was paused of a store, or of a shard.")
  static final class Resume extends OfShards {
    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.post("/api/sql/resume" + query());
    }
  }

  /** {@code terrace sql purge}. */
  @Command(
      name = "purge",
      mixinStandardHelpOptions = true,
      description = "Forget the results that are kept of a store.")
  static final class Purge extends OfStore {
    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.post("/api/sql/purge" + query());
    }
  }

  /** {@code terrace sql kill}. */
  @Command(
      name = "kill",
      mixinStandardHelpOptions = true,
      description = "Cancel what a client runs and end its session, or those of a user.")
  static final class Kill extends AdminCommand {

    @Option(
        names = "--client",
        paramLabel = "ID",
        description = "The client by its pid in terrace.clients.")
    private String id = "";

    @Option(names = "--user", paramLabel = "USER", description = "All clients of the user.")
    private String user = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.post("/api/sql/kill?client=" + encode(id) + "&user=" + encode(user));
    }
  }
}

package dev.terrace.console;

import dev.terrace.config.file.Written;
import dev.terrace.console.view.MemberView;
import dev.terrace.console.view.PoolView;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.Memberships.Outcome;
import dev.terrace.core.pool.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Changes members of a pool without a reload: {@code POST
 * /api/pools/POOL/members?address=HOST:PORT} adds one, {@code .../members/MEMBER/remove}, {@code
 * /weight?weight=N}, {@code /drain} and {@code /undrain} change one. The last two are also at
 * {@code /api/members/POOL/MEMBER}.
 */
record MemberCommand(Overview overview) implements Routes.Endpoint {

  private static final String LASTS =
      "until the file, or what it discovers, says something new of this member, or Terrace stops";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  private enum Verb {
    ADD,
    REMOVE,
    WEIGHT,
    DRAIN,
    UNDRAIN
  }

  private record Asked(Verb verb, String pool, String member) {}

  /** What changed, and for how long. */
  private record Changed(String pool, String member, String change, String lasts) {}

  static boolean matches(Call call) {
    return asked(call).isPresent();
  }

  private static Optional<Asked> asked(Call call) {
    List<String> s = call.segments();
    boolean pools = s.size() >= 4 && s.get(0).equals("api") && s.get(1).equals("pools");
    if (pools && s.get(3).equals("members") && s.size() == 4) {
      String address = call.query().getOrDefault("address", "");
      return Optional.of(new Asked(Verb.ADD, s.get(2), address));
    }
    if (pools && s.get(3).equals("members") && s.size() == 6) {
      return verb(s.get(5)).map(verb -> new Asked(verb, s.get(2), s.get(4)));
    }
    if (s.size() == 5 && s.get(0).equals("api") && s.get(1).equals("members")) {
      return verb(s.get(4))
          .filter(verb -> verb == Verb.DRAIN || verb == Verb.UNDRAIN)
          .map(verb -> new Asked(verb, s.get(2), s.get(3)));
    }
    return Optional.empty();
  }

  private static Optional<Verb> verb(String word) {
    return switch (word) {
      case "remove" -> Optional.of(Verb.REMOVE);
      case "weight" -> Optional.of(Verb.WEIGHT);
      case "drain" -> Optional.of(Verb.DRAIN);
      case "undrain" -> Optional.of(Verb.UNDRAIN);
      default -> Optional.empty();
    };
  }

  @Override
  public Answer answer(Call call) {
    Asked asked = asked(call).orElseThrow();
    boolean ofStore =
        overview.sources().pools().find(asked.pool()).isPresent()
            && !overview.sources().file().pools().containsKey(asked.pool());
    try {
      return switch (asked.verb()) {
        case DRAIN -> drain(asked, call, ofStore);
        case UNDRAIN ->
            shown(asked, overview.sources().drains().undrain(asked.pool(), asked.member()));
        case ADD, REMOVE, WEIGHT ->
            ofStore
                ? Answer.problem(
                    Answer.UNPROCESSABLE,
                    "pool '" + asked.pool() + "' belongs to a store",
                    "the servers of shards are changed in the file")
                : change(asked, call);
      };
    } catch (IllegalArgumentException e) {
      return Answer.problem(
          Answer.BAD_REQUEST,
          String.valueOf(e.getMessage()),
          "see docs/reference/admin-api.md for the form");
    }
  }

  private Answer drain(Asked asked, Call call, boolean ofStore) {
    String deadline = call.query().getOrDefault("deadline", "");
    if (ofStore && !deadline.isEmpty()) {
      return Answer.problem(
          Answer.UNPROCESSABLE,
          "pool '" + asked.pool() + "' belongs to a store, whose connections have no deadline",
          "drain without one: sessions leave the server when they are idle");
    }
    Optional<Duration> after =
        deadline.isEmpty() ? Optional.empty() : Optional.of(Written.duration(deadline));
    return shown(asked, overview.sources().drains().drain(asked.pool(), asked.member(), after));
  }

  private Answer shown(Asked asked, Outcome outcome) {
    if (outcome != Outcome.DONE) {
      return refusal(asked, outcome);
    }
    Optional<MemberView> view =
        PoolView.all(overview.subject()).stream()
            .flatMap(p -> p.members().stream())
            .filter(m -> m.pool().equals(asked.pool()) && m.id().equals(asked.member()))
            .findFirst();
    return view.map(member -> Answer.json(Answer.OK, member))
        .orElseGet(() -> refusal(asked, Outcome.NO_MEMBER));
  }

  private Answer change(Asked asked, Call call) {
    var memberships = overview.sources().memberships();
    return switch (asked.verb()) {
      case ADD -> {
        Member member = member(asked, call);
        Asked added = new Asked(asked.verb(), asked.pool(), member.id());
        yield done(added, memberships.add(asked.pool(), member), "added");
      }
      case REMOVE ->
          done(
              asked,
              memberships.remove(asked.pool(), asked.member()),
              "removed; what it has in" + " hand is finished");
      case WEIGHT -> {
        int weight = number(call.query().getOrDefault("weight", ""));
        yield done(
            asked, memberships.weigh(asked.pool(), asked.member(), weight), "weight " + weight);
      }
      case DRAIN, UNDRAIN -> throw new IllegalStateException("no change of who belongs");
    };
  }

  private static Member member(Asked asked, Call call) {
    int weight = number(call.query().getOrDefault("weight", "1"));
    String zone = call.query().getOrDefault("zone", "");
    if (asked.member().isBlank() || asked.member().contains(" ") || zone.contains(" ")) {
      throw new IllegalArgumentException("address must be host:port, as in 127.0.0.1:9001");
    }
    Member member =
        Written.member(
            asked.member() + " weight=" + weight + (zone.isEmpty() ? "" : " zone=" + zone));
    if (member.address().port() == 0) {
      throw new IllegalArgumentException("'" + asked.member() + "' lacks a port");
    }
    return member;
  }

  private static int number(String text) {
    int weight = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (weight < 1 || weight > Member.WEIGHT_MAX) {
      throw new IllegalArgumentException(
          "weight must be between 1 and " + Member.WEIGHT_MAX + ", not '" + text + "'");
    }
    return weight;
  }

  private Answer done(Asked asked, Outcome outcome, String change) {
    return outcome == Outcome.DONE
        ? Answer.json(Answer.OK, new Changed(asked.pool(), asked.member(), change, LASTS))
        : refusal(asked, outcome);
  }

  private Answer refusal(Asked asked, Outcome outcome) {
    String pool = asked.pool();
    return switch (outcome) {
      case NO_POOL -> {
        List<String> known = overview.sources().pools().all().stream().map(Pool::name).toList();
        yield Answer.problem(
            Answer.NOT_FOUND, "there is no pool '" + pool + "'", "pools are: " + known);
      }
      case NO_MEMBER ->
          Answer.problem(
              Answer.NOT_FOUND,
              "pool '" + pool + "' has no member '" + asked.member() + "'",
              "its members are: " + members(pool));
      case ALREADY_MEMBER ->
          Answer.problem(
              Answer.CONFLICT,
              "'" + asked.member() + "' is a member of pool '" + pool + "' already",
              "change its weight, or remove it first");
      case FULL ->
          Answer.problem(
              Answer.UNPROCESSABLE, "pool '" + pool + "' is full", "remove a member first");
      case DONE -> throw new IllegalStateException("no refusal");
    };
  }

  private List<String> members(String pool) {
    return overview
        .sources()
        .pools()
        .find(pool)
        .map(p -> p.snapshot().members().stream().map(m -> m.id()).toList())
        .orElse(List.of());
  }
}

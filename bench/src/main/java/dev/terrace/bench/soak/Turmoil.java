package dev.terrace.bench.soak;

import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is done to a Terrace and its members, one thing at a time: at least half of the members of a
 * pool are always there to answer.
 */
final class Turmoil {

  /** The things that can happen. */
  enum Event {
    KILL,
    START,
    DRAIN,
    UNDRAIN,
    ADD,
    REMOVE,
    EDIT,
    RELOAD,
    CERTIFICATE
  }

  private final SoakedTerrace terrace;
  private final List<Member> members;
  private final Member guest;
  private final RandomGenerator random;
  private boolean added;
  private int killed = -1;
  private int drained = -1;
  private int version = 1;

  /**
   * Turmoil over a pool.
   *
   * @param guest a member that is not in the file
   */
  Turmoil(SoakedTerrace terrace, List<Member> members, Member guest, RandomGenerator random) {
    this.terrace = terrace;
    this.members = List.copyOf(members);
    this.guest = guest;
    this.random = random;
  }

  /** Picks something that can happen now. */
  Event next() {
    List<Event> all = List.of(Event.values());
    while (true) {
      Event event = all.get(random.nextInt(all.size()));
      boolean possible =
          switch (event) {
            case KILL -> killed < 0;
            case START -> killed >= 0;
            case DRAIN -> drained < 0;
            case UNDRAIN -> drained >= 0;
            case ADD -> !added;
            case REMOVE -> added;
            case EDIT, RELOAD, CERTIFICATE -> true;
          };
      if (possible) {
        return event;
      }
    }
  }

  void perform(Event event) throws IOException, InterruptedException {
    switch (event) {
      case KILL -> {
        killed = other(drained);
        members.get(killed).kill();
      }
      case START -> {
        members.get(killed).start();
        killed = -1;
      }
      case DRAIN -> {
        drained = other(killed);
        terrace.command("/api/members/app/" + members.get(drained) + "/drain");
      }
      case UNDRAIN -> {
        terrace.command("/api/members/app/" + members.get(drained) + "/undrain");
        drained = -1;
      }
      case ADD -> {
        terrace.command("/api/pools/app/members?address=" + guest);
        added = true;
      }
      case REMOVE -> {
        terrace.command("/api/pools/app/members/" + guest + "/remove");
        added = false;
      }
      case EDIT -> terrace.write(++version);
      case RELOAD -> {
        terrace.write(++version);
        terrace.command("/api/reload");
      }
      case CERTIFICATE -> terrace.changeCertificate();
    }
  }

  private int other(int taken) {
    int choice = random.nextInt(members.size());
    return choice == taken ? (choice + 1) % members.size() : choice;
  }

  /** Whom the last event was about. */
  @Override
  public String toString() {
    return "killed " + name(killed) + ", drained " + name(drained) + ", version " + version;
  }

  private String name(int member) {
    return member < 0 ? "none" : members.get(member).toString();
  }
}

package dev.terrace.config.shape;

import dev.terrace.config.Default;
import dev.terrace.config.Doc;
import dev.terrace.core.pool.Member;
import java.util.Optional;

/** A member of a pool as a mapping. */
record MemberForm(
    @Doc("host:port; the port may be left out where only DNS answers with the member.")
        String address,
    @Doc("Its share of the work relative to the other members, 1 to 256.") @Default("1") int weight,
    @Doc("The failure domain that it stands in.") Optional<String> zone) {

  MemberForm {
    if (weight < 1 || weight > Member.WEIGHT_MAX) {
      throw new IllegalArgumentException(
          "weight must be between 1 and " + Member.WEIGHT_MAX + ", not " + weight);
    }
    try {
      Hosts.parse(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("address " + e.getMessage(), e);
    }
  }

  static FormShape shape() {
    ScalarShape text =
        ScalarShape.text(
            "member",
            Hosts.EXPECTED,
            ".*[.:].*|[A-Za-z].*",
            written -> new Member(Hosts.parse(written), 1, ""));
    return new FormShape(
        text.writing(member -> ((Member) member).address().toString()),
        RecordShape.of(MemberForm.class),
        form -> ((MemberForm) form).member(),
        value -> of((Member) value));
  }

  private Member member() {
    return new Member(Hosts.parse(address), weight, zone.orElse(""));
  }

  private static Optional<Object> of(Member member) {
    boolean plain = member.weight() == 1 && member.zone().isEmpty();
    return plain
        ? Optional.empty()
        : Optional.of(
            new MemberForm(
                member.address().toString(),
                member.weight(),
                Optional.of(member.zone()).filter(z -> !z.isEmpty())));
  }
}

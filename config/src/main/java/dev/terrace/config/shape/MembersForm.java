package dev.terrace.config.shape;

import dev.terrace.config.Doc;
import dev.terrace.core.pool.Member;
import java.util.List;

/** A file of its own that lists the members of a pool. */
public record MembersForm(
    @Doc("The members: host:port, or {address, weight, zone}.") List<Member> members) {

  /** How it is written. */
  public static final RecordShape SHAPE = RecordShape.of(MembersForm.class);
}

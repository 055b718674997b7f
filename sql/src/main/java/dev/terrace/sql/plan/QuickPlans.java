package dev.terrace.sql.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plans of simple queries that one event loop has met, by the text without its constants: for a
 * statement of a known form the bytes are passed over once, and no text is made of them.
 */
public final class QuickPlans {

  private static final int KEPT = 4096;

  private final Skeleton skeleton = new Skeleton();
  private final ByteTable<Plan> known = new ByteTable<>(KEPT);
  private byte[] text = new byte[512];
  private @Nullable StatementPlanner planner;

  /**
   * An array with room for a text, to be filled before {@link #planAll}.
   *
   * @param length in bytes
   */
  public byte[] room(int length) {
    if (text.length < length) {
      text = new byte[Math.max(length, 2 * text.length)];
    }
    return text;
  }

  /** The plans of the statements in the first bytes of {@link #room}, in order. */
  public List<Plan> planAll(StatementPlanner by, int length) {
    if (!by.equals(planner)) {
      planner = by;
      known.clear();
    }
    boolean plain = skeleton.read(text, length);
    if (plain) {
      Plan alike = known.find(skeleton.bytes(), skeleton.length());
      if (alike != null) {
        return List.of(alike(alike, length));
      }
    }
    List<Plan> plans = by.planAll(new String(text, 0, length, StandardCharsets.UTF_8));
    if (plain && plans.size() == 1 && mayStandForOthers(plans.getFirst())) {
      known.put(skeleton.bytes(), skeleton.length(), plans.getFirst());
    }
    shrink();
    return plans;
  }

  private Plan alike(Plan known, int length) {
    if (skeleton.constants() == 0) {
      return known;
    }
    int end = length;
    while (end > 0 && (text[end - 1] == ';' || text[end - 1] == ' ' || text[end - 1] == '\n')) {
      end--;
    }
    byte[] bytes = Arrays.copyOf(text, end);
    return known.with(bytes, skeleton.of(bytes));
  }

  /** Only if both ways of reading the statement have found the same constants. */
  private boolean mayStandForOthers(Plan plan) {
    return plan.hasConstants(skeleton);
  }

  /** A long text was an exception: its room is not kept. */
  private void shrink() {
    if (text.length > Skeleton.LENGTH_MAX) {
      text = new byte[Skeleton.LENGTH_MAX];
    }
  }
}

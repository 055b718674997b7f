package dev.terrace.core.pool;

/**
 * One server of a pool, as the file or a discovery source declares it.
 *
 * @param address where it listens; also its identity within a pool
 * @param weight its share of the work relative to the other members, 1 to 256
 * @param zone the failure domain it stands in, empty if none was given
 */
public record Member(Address address, int weight, String zone) {

  /** The largest weight a member may have. */
  public static final int WEIGHT_MAX = 256;

  public Member {
    if (weight < 1 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException(
          "weight " + weight + " is not between 1 and " + WEIGHT_MAX);
    }
  }

  /** A member of weight 1 in no particular zone. */
  public static Member of(String address) {
    return new Member(Address.parse(address), 1, "");
  }

  /** What logs, metrics, cookies and the console call this member. */
  public String id() {
    return address.toString();
  }
}

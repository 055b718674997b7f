package dev.terrace.http.http2;

/** The ids of some streams, the last ones that were added. */
final class RecentIds {

  private final int[] ids = new int[128];
  private int next;

  void add(int id) {
    ids[next] = id;
    next = (next + 1) % ids.length;
  }

  boolean contains(int id) {
    for (int each : ids) {
      if (each == id) {
        return true;
      }
    }
    return false;
  }
}

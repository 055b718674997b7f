package dev.terrace.kv.pass;

import java.util.Arrays;

/** Which words of a request are its keys. */
final class KeyPlaces {

  private int[] places = new int[16];
  private int count;

  int count() {
    return count;
  }

  /** The place of a key among the request's words. */
  int get(int key) {
    return places[key];
  }

  private void add(int place) {
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
    }
    places[count++] = place;
  }

  private void add(int first, int last, int step, int words) {
    for (int i = first; i <= last && i < words; i += step) {
      add(i);
    }
  }

  /** Finds the keys; a request that is cut short or wrong has those that can be made out. */
  void find(PassCommand command, RequestFrame frame) {
    count = 0;
    if (places.length > 1024) {
      places = new int[16];
    }
    int words = frame.words();
    int first = command.first();
    switch (command.more()) {
      case NONE -> {
        int last = command.last() < 0 ? words + command.last() : command.last();
        if (first > 0) {
          add(first, last, command.step(), words);
        }
      }
      case COUNTED -> counted(frame, first, first - 1);
      case STORE_COUNTED -> {
        add(1, 1, 1, words);
        counted(frame, 3, 2);
      }
      case TIMEOUT_COUNTED -> counted(frame, 3, 2);
      case STREAMS -> streams(frame);
      case STORE -> {
        add(1, 1, 1, words);
        for (int i = 2; i + 1 < words; i++) {
          if (frame.is(i, "STORE") || frame.is(i, "STOREDIST")) {
            add(i + 1);
            i++;
          }
        }
      }
      case MIGRATE -> migrate(frame);
    }
  }

  private void counted(RequestFrame frame, int first, int countAt) {
    long wanted = frame.number(countAt);
    if (wanted > 0 && wanted <= frame.words() - first) {
      add(first, (int) (first + wanted - 1), 1, frame.words());
    }
  }

  private void streams(RequestFrame frame) {
    int words = frame.words();
    for (int i = 1; i < words; i++) {
      if (frame.is(i, "STREAMS")) {
        add(i + 1, i + (words - i - 1) / 2, 1, words);
        return;
      }
    }
  }

  private void migrate(RequestFrame frame) {
    int words = frame.words();
    if (words > 3 && frame.length(3) > 0) {
      add(3);
      return;
    }
    for (int i = 6; i < words; i++) {
      if (frame.is(i, "KEYS")) {
        add(i + 1, words - 1, 1, words);
        return;
      }
    }
  }
}

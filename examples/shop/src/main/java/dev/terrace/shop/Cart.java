package dev.terrace.shop;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a visitor means to buy: quantities by product id, stored as {@code {"42": 1}}. */
record Cart(Map<Long, Integer> items) {

  private static final Pattern ITEM = Pattern.compile("\"(\\d{1,18})\"\\s*:\\s*(\\d{1,9})");
  private static final int MOST_OF_ONE = 1_000;
  private static final int MOST_PRODUCTS = 50;

  static Cart parse(String json) {
    Map<Long, Integer> items = new LinkedHashMap<>();
    Matcher item = ITEM.matcher(json);
    while (item.find()) {
      items.put(Long.parseLong(item.group(1)), Integer.parseInt(item.group(2)));
    }
    return new Cart(items);
  }

  /** With more of a product; the oldest make room when there are too many. */
  Cart with(long product, int quantity) {
    Map<Long, Integer> more = new LinkedHashMap<>(items);
    int had = more.getOrDefault(product, 0);
    more.remove(product);
    while (more.size() >= MOST_PRODUCTS) {
      more.remove(more.keySet().iterator().next());
    }
    more.put(product, Math.min(MOST_OF_ONE, had + quantity));
    return new Cart(more);
  }

  String json() {
    return items.entrySet().stream()
        .map(item -> "\"" + item.getKey() + "\":" + item.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}

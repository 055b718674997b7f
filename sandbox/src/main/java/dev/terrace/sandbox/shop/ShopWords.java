package dev.terrace.sandbox.shop;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Names of things and people. Some hold what careless programs stumble over: é, ', &amp;. */
final class ShopWords {

  private static final List<String> QUALITIES =
      List.of(
          "Patient",
          "Copper",
          "Folding",
          "Midnight",
          "Slow",
          "Woven",
          "Hollow",
          "Linen",
          "Quiet",
          "Amber",
          "Crooked",
          "Northern",
          "Paper",
          "Salted",
          "Tall",
          "Velvet",
          "Walnut",
          "Windy",
          "Rosé",
          "Baker's");
  private static final List<String> THINGS =
      List.of(
          "Teapot",
          "Lantern",
          "Chair",
          "Notebook",
          "Umbrella",
          "Compass",
          "Kettle",
          "Blanket",
          "Clock",
          "Basket",
          "Mirror",
          "Ladder",
          "Inkwell",
          "Kite",
          "Stool",
          "Jug",
          "Bell",
          "Candlestick",
          "Rug",
          "Salt & Pepper Set");
  private static final List<String> MAKERS =
      List.of(
          "Alder", "Brook", "Cairn", "Dale", "Eyot", "Fell", "Glen", "Holm", "Islet", "Knoll",
          "Lea", "Mere", "Ness", "Orchard", "Pike", "Quarry", "Ridge", "Shaw", "Tarn", "Weald");
  private static final List<String> PRAISES =
      List.of(
          "made by hand in a small workshop",
          "that gets better with every year",
          "for people who take their time",
          "of which no two are alike",
          "as your grandmother had one",
          "that fits where nothing else would",
          "packed without plastic",
          "with a guarantee of ten years");
  private static final List<String> FIRST =
      List.of(
          "Ada",
          "Bela",
          "Chiara",
          "Dmitri",
          "Edsger",
          "Fatima",
          "Grace",
          "Hiro",
          "Ines",
          "José",
          "Katherine",
          "Linus",
          "Mary",
          "Niklaus",
          "Olga",
          "Pia",
          "Radia",
          "Søren",
          "Tove",
          "Vint");
  private static final List<String> LAST =
      List.of(
          "Albers",
          "Bianchi",
          "Castro",
          "Dijkstra",
          "Evans",
          "Fischer",
          "García",
          "Hoare",
          "Ito",
          "Jensen",
          "Kim",
          "Lamport",
          "Moreau",
          "Novak",
          "O'Neill",
          "Perlman",
          "Ritchie",
          "Suzuki",
          "Turing",
          "Wirth");

  private ShopWords() {}

  static String product(RandomGenerator random) {
    return pick(random, MAKERS) + " " + pick(random, QUALITIES) + " " + pick(random, THINGS);
  }

  static String description(RandomGenerator random, String product) {
    return "The "
        + product
        + ": a thing "
        + pick(random, PRAISES)
        + ", "
        + pick(random, PRAISES)
        + ".";
  }

  static String firstName(RandomGenerator random) {
    return pick(random, FIRST);
  }

  static String lastName(RandomGenerator random) {
    return pick(random, LAST);
  }

  /** The part of an address before the number and the @: plain letters. */
  static String mailbox(String first, String last) {
    return (first + "." + last).toLowerCase(Locale.ROOT).replaceAll("[^a-z.]", "");
  }

  private static String pick(RandomGenerator random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }
}

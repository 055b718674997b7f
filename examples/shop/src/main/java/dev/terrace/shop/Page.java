package dev.terrace.shop;

import java.util.Locale;

/** Builds a page. Text from outside goes in through {@link #text} only, which escapes it. */
final class Page {

  private final StringBuilder html = new StringBuilder(4096);

  Page(String title) {
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>");
    text(title);
    html.append(
        """
        </title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/static/shop.css">
        <link rel="icon" href="/static/logo.svg">
        </head><body>
        <header><a href="/"><img src="/static/logo.svg" alt="" width="32" height="32"> The Shop</a>
        <nav><a href="/users/7">Account</a> <a href="/users/7/orders">Orders</a>
        <a href="/cart/7">Cart</a></nav></header>
        <main><h1>
        """);
    text(title);
    html.append("</h1>\n");
  }

  /** Adds the program's own HTML as it is. */
  Page raw(String ownHtml) {
    html.append(ownHtml);
    return this;
  }

  /** Adds text, escaped: for elements and for quoted attributes. */
  Page text(String text) {
    html.append(escape(text));
    return this;
  }

  Page text(long number) {
    html.append(number);
    return this;
  }

  /** Adds an amount of money. */
  Page price(long cents) {
    html.append(String.format(Locale.ROOT, "&euro;&nbsp;%d.%02d", cents / 100, cents % 100));
    return this;
  }

  /** The whole page; the foot tells which process made it. */
  String end(String server) {
    html.append("</main>\n<footer>served by ");
    text(server);
    return html.append("</footer></body></html>\n").toString();
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}

package dev.terrace.shop;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the pages need of a request, checked. */
record Request(String method, List<String> path, Map<String, String> form, boolean wantsJson) {

  private static final int MAX_FORM = 16 * 1024;

  static Request of(HttpExchange exchange) throws IOException, Refusal {
    String path = exchange.getRequestURI().getPath();
    if (path == null || !path.startsWith("/")) {
      throw Refusal.bad("the path must start with /");
    }
    List<String> parts = List.of(path.substring(1).split("/", -1));
    byte[] body = exchange.getRequestBody().readNBytes(MAX_FORM + 1);
    if (body.length > MAX_FORM) {
      throw new Refusal(413, "a form has at most " + MAX_FORM + " bytes");
    }
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    boolean json = accept != null && accept.contains("application/json");
    return new Request(
        exchange.getRequestMethod(), parts, form(new String(body, StandardCharsets.UTF_8)), json);
  }

  private static Map<String, String> form(String body) throws Refusal {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) throws Refusal {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.bad("the form is not urlencoded");
    }
  }

  /** A part of the path that is an id. */
  long id(int part) throws Refusal {
    return number("an id", path.get(part), 1, Long.MAX_VALUE);
  }

  /** A field of the form. */
  long field(String name, long least, long most) throws Refusal {
    String value = form.get(name);
    if (value == null) {
      throw Refusal.bad("the form lacks " + name);
    }
    return number(name, value, least, most);
  }

  private static long number(String what, String text, long least, long most) throws Refusal {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Refusal.bad(what + " is a whole number from " + least + " to " + most);
  }
}

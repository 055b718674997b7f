package dev.terrace.shop;

import dev.terrace.shop.Catalogue.Product;
import dev.terrace.shop.Database.Order;
import dev.terrace.shop.Database.User;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** The shop's pages: which request gets which, as HTML or as JSON. */
final class Pages {

  private static final List<Long> POPULAR = LongStream.rangeClosed(1, 12).boxed().toList();
  private static final int MOST_PER_ORDER = 100;

  private final Catalogue catalogue;
  private final Database database;
  private final String server;

  Pages(Catalogue catalogue, Database database, String server) {
    this.catalogue = catalogue;
    this.database = database;
    this.server = server;
  }

  Reply answer(Request request) throws Refusal, IOException {
    List<String> path = request.path();
    String page = path.getFirst() + "/" + path.size() + (path.size() == 3 ? "/" + path.get(2) : "");
    return switch (page) {
      case "/1" -> get(request, start(request));
      case "healthz/1" -> get(request, () -> Reply.plain(200, "ok"));
      case "whoami/1" -> get(request, () -> whoami(request));
      case "static/2" -> get(request, () -> StaticFiles.reply(path.get(1)));
      case "products/2" -> get(request, () -> product(request));
      case "users/2" -> get(request, () -> user(request));
      case "users/3/orders" -> getOrPost(request, () -> orders(request), () -> placeOrder(request));
      case "cart/2" -> getOrPost(request, () -> cart(request), () -> addToCart(request));
      default -> throw Refusal.notFound("this page");
    };
  }

  private interface Answer {
    Reply make() throws Refusal, IOException;
  }

  private static Reply get(Request request, Answer answer) throws Refusal, IOException {
    return getOrPost(
        request,
        answer,
        () -> {
          throw new Refusal(405, "this page can only be looked at");
        });
  }

  private static Reply getOrPost(Request request, Answer get, Answer post)
      throws Refusal, IOException {
    return switch (request.method()) {
      case "GET", "HEAD" -> get.make();
      case "POST" -> post.make();
      default -> throw new Refusal(405, "this page takes no " + request.method());
    };
  }

  private Answer start(Request request) {
    return () -> {
      List<Product> popular = catalogue.products(POPULAR);
      if (request.wantsJson()) {
        return Reply.json(200, Json.array(popular.stream().map(Pages::fields)));
      }
      Page page = new Page("Popular today").raw("<ul class=\"shelf\">");
      for (Product product : popular) {
        page.raw("<li><a href=\"/products/").text(product.id()).raw("\">").text(product.name());
        page.raw("</a><b>").price(product.priceCents()).raw("</b></li>");
      }
      return Reply.html(200, page.raw("</ul>").end(server));
    };
  }

  private Reply whoami(Request request) {
    return request.wantsJson()
        ? Reply.json(200, Json.object(Map.of("server", server)))
        : Reply.plain(200, server);
  }

  private Product existing(long id) throws Refusal {
    return catalogue.product(id).orElseThrow(() -> Refusal.notFound("product " + id));
  }

  private Reply product(Request request) throws Refusal {
    Product product = existing(request.id(1));
    if (request.wantsJson()) {
      return Reply.json(200, Json.object(fields(product)));
    }
    Page page = new Page(product.name()).raw("<p>").text(product.description());
    page.raw("</p><p class=\"price\">").price(product.priceCents()).raw("</p><p>");
    page.text(product.stock()).raw(" in stock</p>");
    page.raw("<form method=\"post\" action=\"/cart/7\">");
    page.raw("<input type=\"hidden\" name=\"product\" value=\"").text(product.id()).raw("\">");
    page.raw("<input type=\"number\" name=\"quantity\" value=\"1\" min=\"1\" max=\"100\">");
    return Reply.html(200, page.raw("<button>Add to cart</button></form>").end(server));
  }

  private static Map<String, Object> fields(Product product) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", product.id());
    fields.put("name", product.name());
    fields.put("price_cents", product.priceCents());
    fields.put("description", product.description());
    fields.put("stock", product.stock());
    return fields;
  }

  private Reply user(Request request) throws Refusal {
    long id = request.id(1);
    User user = database.user(id).orElseThrow(() -> Refusal.notFound("user " + id));
    if (request.wantsJson()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", user.id());
      fields.put("name", user.name());
      fields.put("email", user.email());
      fields.put("created_at", user.createdAt());
      return Reply.json(200, Json.object(fields));
    }
    Page page = new Page(user.name()).raw("<p>").text(user.email()).raw("</p><p>With us since ");
    page.text(user.createdAt().toLocalDate().toString()).raw("</p><p><a href=\"/users/");
    page.text(id).raw("/orders\">Orders</a> &middot; <a href=\"/cart/").text(id);
    return Reply.html(200, page.raw("\">Cart</a></p>").end(server));
  }

  private Reply orders(Request request) throws Refusal {
    long id = request.id(1);
    List<Order> orders = database.orders(id);
    if (orders.isEmpty() && database.user(id).isEmpty()) {
      throw Refusal.notFound("user " + id);
    }
    if (request.wantsJson()) {
      return Reply.json(200, Json.array(orders.stream().map(Pages::fields)));
    }
    Page page = new Page("Orders of user " + id).raw("<table><tr><th>Order<th>Product");
    page.raw("<th>Quantity<th>Price<th>Status<th>Day</tr>\n");
    for (Order order : orders) {
      page.raw("<tr><td>").text(order.id()).raw("<td><a href=\"/products/");
      page.text(order.productId()).raw("\">").text(order.productId()).raw("</a><td>");
      page.text(order.quantity()).raw("<td>").price(order.priceCents()).raw("<td>");
      page.text(order.status()).raw("<td>").text(order.createdAt().toLocalDate().toString());
      page.raw("</tr>\n");
    }
    return Reply.html(200, page.raw("</table>").end(server));
  }

  private static Map<String, Object> fields(Order order) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", order.id());
    fields.put("user_id", order.userId());
    fields.put("product_id", order.productId());
    fields.put("quantity", order.quantity());
    fields.put("price_cents", order.priceCents());
    fields.put("status", order.status());
    fields.put("created_at", order.createdAt());
    return fields;
  }

  private Reply placeOrder(Request request) throws Refusal {
    long user = request.id(1);
    Product product = existing(request.field("product", 1, Long.MAX_VALUE));
    int quantity = (int) request.field("quantity", 1, MOST_PER_ORDER);
    Optional<Long> id = database.placeOrder(user, product.id(), quantity, product.priceCents());
    if (id.isEmpty()) {
      throw Refusal.notFound("user " + user);
    }
    return request.wantsJson()
        ? Reply.json(201, Json.object(Map.of("id", id.get())))
        : Reply.seeOther("/users/" + user + "/orders");
  }

  private Reply cart(Request request) throws Refusal {
    long user = request.id(1);
    Cart cart = Cart.parse(catalogue.cart(user));
    if (request.wantsJson()) {
      return Reply.json(200, cart.json());
    }
    Page page =
        new Page("Cart of user " + user).raw("<table><tr><th>Product<th>Quantity<th></tr>\n");
    for (Map.Entry<Long, Integer> item : cart.items().entrySet()) {
      page.raw("<tr><td><a href=\"/products/").text(item.getKey()).raw("\">");
      page.text(item.getKey()).raw("</a><td>").text(item.getValue());
      page.raw("<td><form method=\"post\" action=\"/users/").text(user).raw("/orders\">");
      page.raw("<input type=\"hidden\" name=\"product\" value=\"").text(item.getKey());
      page.raw("\"><input type=\"hidden\" name=\"quantity\" value=\"").text(item.getValue());
      page.raw("\"><button>Buy</button></form></tr>\n");
    }
    return Reply.html(200, page.raw("</table>").end(server));
  }

  private Reply addToCart(Request request) throws Refusal {
    long user = request.id(1);
    Product product = existing(request.field("product", 1, Long.MAX_VALUE));
    int quantity = (int) request.field("quantity", 1, MOST_PER_ORDER);
    Cart cart = Cart.parse(catalogue.cart(user)).with(product.id(), quantity);
    catalogue.putCart(user, cart.json());
    return request.wantsJson() ? Reply.json(200, cart.json()) : Reply.seeOther("/cart/" + user);
  }

  /** The page that tells a visitor why there is none. */
  Reply refusal(int status, String message, boolean json) {
    if (json) {
      return Reply.json(status, Json.object(Map.of("error", message)));
    }
    String title =
        switch (status) {
          case 400, 405, 413 -> "That did not work";
          case 404 -> "Not found";
          case 503 -> "Back in a moment";
          default -> "Something went wrong";
        };
    Page page = new Page(title).raw("<p>").text(message).raw(".</p>");
    return Reply.html(status, page.raw("<p><a href=\"/\">To the start</a></p>").end(server));
  }
}

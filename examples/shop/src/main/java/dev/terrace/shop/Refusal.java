package dev.terrace.shop;

/** A request that gets an error page: its status and what the visitor is told. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String message;

  Refusal(int status, String message) {
    super(message);
    this.status = status;
    this.message = message;
  }

  int status() {
    return status;
  }

  String message() {
    return message;
  }

  static Refusal notFound(String what) {
    return new Refusal(404, what + " does not exist");
  }

  static Refusal bad(String why) {
    return new Refusal(400, why);
  }
}

package dev.terrace.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The page's files, read from the class path once: what is not in this table does not exist, so no
 * path leads anywhere else.
 */
final class Assets {

  private static final String PAGE = "page/";
  private static final String LIT = "META-INF/resources/webjars/lit-html/3.3.2/";
  private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final List<String> OWN =
      List.of(
          "charts.js",
          "chip.js",
          "confirm.js",
          "console.css",
          "console.js",
          "data.js",
          "format.js",
          "icon.svg",
          "members.js",
          "path.js",
          "reshard.js",
          "routes.js",
          "stream.js");
  private static final List<String> LIT_MODULES =
      List.of("lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js");
  private static final List<String> UPLOT_FILES = List.of("uPlot.esm.js", "uPlot.min.css");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** A file with what a browser keeps it under. */
  record Asset(String contentType, String tag, Answer whole) {}

  private final Map<String, Asset> byPath = new HashMap<>();

  Assets() {
    byPath.put("/", own("index.html"));
    OWN.forEach(name -> byPath.put("/assets/" + name, own(name)));
    LIT_MODULES.forEach(name -> byPath.put("/assets/lit-html/" + name, library(LIT, name)));
    UPLOT_FILES.forEach(name -> byPath.put("/assets/uplot/" + name, library(UPLOT, name)));
  }

  Optional<Asset> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  private static Asset own(String name) {
    return asset(name, Assets.class.getResourceAsStream(PAGE + name));
  }

  private static Asset library(String folder, String name) {
    return asset(name, Assets.class.getClassLoader().getResourceAsStream(folder + name));
  }

  private static Asset asset(String name, InputStream resource) {
    try (InputStream in = resource) {
      if (in == null) {
        throw new IllegalStateException(
            "the console's file "
                + name
                + " is not on the class path; build again: ./terrace test");
      }
      byte[] body = in.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      String tag = '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
      Map<String, String> headers = Map.of("Cache-Control", "no-cache", "ETag", tag);
      return new Asset(type, tag, new Answer(Answer.OK, type, headers, body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

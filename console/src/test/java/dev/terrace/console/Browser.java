package dev.terrace.console;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Debian's Chromium without a window, with a profile of its own. */
final class Browser implements AutoCloseable {

  private static final File CHROMIUM = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");

  private final Path profile;
  final ChromeDriver driver;

  private Browser(Path profile) {
    this.profile = profile;
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,1200",
        "--user-data-dir=" + profile);
    options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).usingAnyFreePort().build();
    driver = new ChromeDriver(service, options);
  }

  /** Starts the browser; without one the test is skipped, but on CI it fails. */
  static Browser start() throws IOException {
    if (!CHROMIUM.canExecute() || !DRIVER.canExecute()) {
      String reason =
          CHROMIUM + " or " + DRIVER + " is missing: apt-get install chromium chromium-driver";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(reason);
      }
      System.out.println("The page is not tested: " + reason);
      abort(reason);
    }
    return new Browser(Files.createTempDirectory("terrace-browser"));
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** An element's text; the page draws itself anew at any time, so it is read within the page. */
  String text(String css) {
    return script(
        "const e = document.querySelector(arguments[0]); return e ? e.innerText : '';", css);
  }

  String script(String source, Object... arguments) {
    return String.valueOf(driver.executeScript(source, arguments));
  }

  /** What the browser complained of since the last call: errors, refused resources. */
  List<String> complaints() {
    return driver.manage().logs().get("browser").getAll().stream().map(e -> e.toString()).toList();
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // The browser may still be deleting in there; what is left lies in the temporary folder.
      System.out.println("left behind: " + profile);
    }
  }
}

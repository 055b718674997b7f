package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.console.reshard.Reshard;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberSource;
import dev.terrace.core.pool.MemberState;
import dev.terrace.net.BindFailure;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.interactions.Actions;

/** The live page in a real browser, over a real console. */
class PageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String APP_CHIP = ".station.app [data-member='127.0.0.1:9002']";

  private static Browser browser;
  private RunningShop shop;

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void start() throws BindFailure {
    shop = new RunningShop();
    open();
  }

  private void open() {
    // A pointer that rests on a chart would pick the values that its legend tells.
    new Actions(browser.driver).moveToLocation(2, 2).perform();
    browser.driver.get(shop.uri("/").toString());
    Await.until("the page is live", PATIENCE, () -> browser.text("#stream").equals("live"));
  }

  @AfterEach
  void nothingToComplainAbout() {
    var complaints = browser.complaints();
    browser.driver.get("about:blank");
    shop.close();
    assertThat(complaints).isEmpty();
  }

  @Test
  void showsHowFarAReshardingIs() {
    assertThat(browser.text("#reshard")).isEmpty();
    shop.resharding =
        new Reshard.Status(
            Reshard.Phase.COPYING,
            "shop",
            true,
            "12 tables are copied",
            List.of(
                new Reshard.Flow(
                    "shop/0 at 127.0.0.1:5501", "shop/2 at 127.0.0.1:5521", 3, 1, 4096L)),
            List.of(),
            List.of("sequences are not moved"),
            null);
    Await.until("the page shows it", PATIENCE, () -> browser.text("#reshard").contains("copying"));
    assertThat(browser.text("#reshard"))
        .contains("Resharding shop", "12 tables are copied", "shop/2 at 127.0.0.1:5521", "1 of 3")
        .contains("4.0 KB", "sequences are not moved");
    shop.resharding =
        new Reshard.Status(
            Reshard.Phase.DONE, "shop", false, "done", List.of(), List.of(), List.of(), 412L);
    Await.until(
        "the page shows its end",
        PATIENCE,
        () -> browser.text("#reshard").contains("statements waited 412 ms"));
  }

  @Test
  void showsEveryTierAndMember() {
    shop.progress.note(
        "127.0.0.1:5502",
        new Progress(1, Duration.ofMillis(120), 4096, new LogMark(1, new Lsn(8192))));
    assertThat(browser.all(".station")).hasSize(6);
    assertThat(browser.text(".station.http header")).contains("HTTP", "127.0.0.1:8080");
    assertThat(browser.all(".station.app .chip")).hasSize(3);
    assertThat(browser.all(".station.dns .chip")).hasSize(2);
    assertThat(browser.all(".station.shards .chip")).hasSize(4);
    assertThat(browser.all("#members tbody tr")).hasSize(9);
    assertThat(browser.text(APP_CHIP)).contains("127.0.0.1", ":9002", "up", "0 in flight");
    assertThat(browser.all(APP_CHIP + " svg.mark.up")).hasSize(1);
    Await.until(
        "the lag",
        PATIENCE,
        () -> browser.text(".station.shards [data-member='127.0.0.1:5502']").contains("120 ms"));
    assertThat(browser.text("#data")).contains("orders", "user_id", "everywhere", "product:");
    assertThat(browser.text("#ready")).isEqualTo("ready");
    assertThat(browser.all(".charts canvas")).hasSize(3);
  }

  @Test
  void aMemberThatGoesDownShowsWithinTwoSeconds() {
    shop.pools().get("app").setHealth("127.0.0.1:9002", MemberState.DOWN, "connection refused");
    Await.until(
        "the chip says down", Duration.ofSeconds(2), () -> browser.text(APP_CHIP).contains("down"));
    assertThat(browser.all(APP_CHIP + ".down svg.mark.down")).hasSize(1);
    assertThat(browser.text("#members tr.down")).contains("127.0.0.1:9002", "connection refused");
    assertThat(browser.text("#members [role=status]")).contains("1 down");
    // The reason is there for the keyboard too.
    browser.driver.executeScript(
        "document.querySelector(arguments[0]).focus()", APP_CHIP + " button");
    Await.until(
        "the tip",
        PATIENCE,
        () ->
            browser
                .script(
                    "return getComputedStyle(document.querySelector(arguments[0])).visibility",
                    APP_CHIP + " .tip")
                .equals("visible"));
    assertThat(browser.text(APP_CHIP + " .tip")).contains("connection refused", "weight 1");
  }

  @Test
  void ratesAndChartsMove() throws InterruptedException {
    AtomicBoolean on = new AtomicBoolean(true);
    Traffic traffic = new Traffic(shop, 11);
    Thread visitors =
        Thread.ofVirtual()
            .start(() -> {
              while (on.get()) {
                traffic.step(20);
                LockSupport.parkNanos(50_000_000);
              }
            });
    try {
      for (String tier : new String[] {"dns", "http", "app", "kv", "sql", "shards"}) {
        Await.until(
            "a rate at " + tier,
            PATIENCE,
            () -> !browser.text(".station." + tier + " .rate strong").matches("|0|0\\.0"));
        assertThat(browser.all(".station." + tier + ".flowing")).hasSize(1);
      }
      String route = "#routes tr[data-route='/products/*']";
      Await.until(
          "the route's rate, errors and times",
          PATIENCE,
          () ->
              browser.all(route).size() == 1
                  && browser
                      .text(route)
                      .matches(
                          "(?s)/products/\\*\\s+app\\s+[1-9][\\d.,]*\\s+\\d+\\.\\d %(\\s+[\\d.]+ m?s){2}\\s+[\\d,]+"));
      Await.until(
          "a hit ratio", PATIENCE, () -> browser.text("[data-hit-ratio]").matches("\\d+\\.\\d %"));
      Await.until(
          "the chart's newest values",
          PATIENCE,
          () -> browser.text(".charts .u-legend").matches("(?s).*HTTP\\s*[1-9].*"));
      String before = browser.text(".station.http .rate strong");
      Await.until(
          "another rate",
          PATIENCE,
          () -> !browser.text(".station.http .rate strong").equals(before));
    } finally {
      on.set(false);
      visitors.join();
    }
  }

  @Test
  void drainAsksFirstAndUndrainPutsBack() {
    browser.find("#members tr[data-member='127.0.0.1:9002'] button").click();
    assertThat(browser.text("#confirm")).contains("Drain 127.0.0.1:9002?", "2 other members");
    browser.find("#confirm .plain").click();
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(3);

    browser.find(APP_CHIP + " button").click();
    browser.find("#confirm-go").click();
    Await.until(
        "the chip says draining", PATIENCE, () -> browser.text(APP_CHIP).contains("draining"));
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(2);
    assertThat(browser.script("return document.getElementById('confirm').open")).isEqualTo("false");

    browser.find("#members tr[data-member='127.0.0.1:9002'] button").click();
    assertThat(browser.text("#confirm")).contains("Undrain 127.0.0.1:9002?");
    browser.find("#confirm-go").click();
    Await.until("it is back", PATIENCE, () -> browser.text(APP_CHIP).contains("up"));
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(3);
  }

  @Test
  void aDrainWithADeadlineSaysUntilWhen() {
    browser.find(APP_CHIP + " button").click();
    browser.find("#confirm-deadline option[value='5m']").click();
    browser.find("#confirm-go").click();
    Await.until(
        "the reason names a time",
        PATIENCE,
        () ->
            browser
                .text("#members tr[data-member='127.0.0.1:9002'] .why")
                .matches(".*connections until \\d+:\\d+:\\d+; .*"));
  }

  @Test
  void tellsWhereMembersComeFromAndThatDiscoveryFails() {
    Member found = new Member(Address.parse("10.0.0.7:80"), 5, "eu-1a");
    shop.memberships().discovered("app", MemberSource.DNS, List.of(found));
    shop.memberships().weigh("app", "127.0.0.1:9001", 9);
    String reason = "there is no name app.test (NXDOMAIN)";
    shop.discoveries.put("app", new Discovery.Status("dns app.test:80", 1, Optional.of(reason)));
    String row = "#members tr[data-member='10.0.0.7:80']";
    Await.until("the new one", PATIENCE, () -> !browser.all(row).isEmpty());
    assertThat(browser.text(row)).contains("dns", "eu-1a", "5");
    assertThat(browser.text("#members tr[data-member='127.0.0.1:9001']")).contains("file *", "9");
    Await.until("why", PATIENCE, () -> browser.text("#members").contains(reason));
  }

  @Test
  void theLastMemberIsWarnedAbout() {
    shop.pools().get("edges").setHealth("192.0.2.11", MemberState.DOWN, "timed out");
    Await.until("one is down", PATIENCE, () -> !browser.all(".station.dns .chip.down").isEmpty());
    browser.find(".station.dns [data-member='192.0.2.10'] button").click();
    assertThat(browser.text("#confirm .warn")).contains("No other member of this pool takes work");
  }

  @Test
  void whatIsMissingIsSaid() {
    shop.missing.add("shop/0/primary: 127.0.0.1:5501 refuses connections");
    Await.until("not ready", PATIENCE, () -> browser.text("#ready").equals("not ready"));
    assertThat(browser.text("#path [role=alert]")).contains("127.0.0.1:5501 refuses connections");
  }

  @Test
  void aFileWithoutTiersShowsEmptyOnes() throws BindFailure {
    browser.driver.get("about:blank");
    shop.close();
    shop = new RunningShop(RunningShop.BARE);
    open();
    Await.until("drawn", PATIENCE, () -> browser.all(".station").size() == 6);
    assertThat(browser.text(".station.sql")).contains("no sql in this file");
    assertThat(browser.text("#members")).contains("names no members yet");
    assertThat(browser.text("#routes")).contains("No routes in this file");
  }

  @Test
  void aLostStreamShowsAndComesBack() throws BindFailure {
    String yaml = RunningShop.SHOP.replace("admin: 127.0.0.1:0", "admin: 127.0.0.1:" + shop.port());
    shop.close();
    Await.until("lost", PATIENCE, () -> browser.text("#stream").equals("reconnecting"));
    assertThat(browser.text(".since")).contains("what you see is from");
    shop = new RunningShop(yaml);
    Await.until("live again", PATIENCE, () -> browser.text("#stream").equals("live"));
    // The browser itself notes the refused connections; nothing else may be wrong.
    assertThat(browser.complaints()).allMatch(line -> line.contains("/api/events"));
  }

  @Test
  void fitsNarrowWindowsAndTheDark() {
    for (int width : new int[] {1440, 1000, 420}) {
      browser.driver.executeCdpCommand(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
      Await.until(
          "no sideways scrolling at " + width,
          PATIENCE,
          () ->
              browser
                  .script("return document.documentElement.scrollWidth <= innerWidth")
                  .equals("true"));
    }
    browser.driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    String light = background();
    emulateScheme("dark");
    Await.until("dark", PATIENCE, () -> !background().equals(light));
    emulateScheme("light");
    Await.until("light", PATIENCE, () -> background().equals(light));
  }

  private static String background() {
    return browser.script("return getComputedStyle(document.body).backgroundColor");
  }

  private static void emulateScheme(String scheme) {
    browser.driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }
}

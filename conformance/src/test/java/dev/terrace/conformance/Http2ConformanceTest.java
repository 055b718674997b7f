package dev.terrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** h2spec, all of its cases, the strict ones too, against HTTP/2 in clear text and over TLS. */
class Http2ConformanceTest {

  /** What h2spec finds wrong and stays so: its package and title, and the reason. */
  private static final Map<String, String> EXPLAINED = Map.of();

  private static final int CASES = 140;

  private static final Duration TIME_MAX = Duration.ofMinutes(5);

  @TempDir private Path folder;
  private Path h2spec;

  @BeforeEach
  void extract() throws IOException, InterruptedException {
    Path archive = Suite.extract("h2spec/2.2.0/h2spec_linux_amd64.tar.gz", folder);
    Suite.run(folder, TIME_MAX, List.of("tar", "xzf", archive.toString()));
    h2spec = folder.resolve("h2spec");
  }

  @Test
  void inClearText() throws Exception {
    try (EchoServer member = EchoServer.start();
        RunningTerrace terrace = RunningTerrace.plain(folder, member.port())) {
      conforms(List.of("-p", String.valueOf(terrace.port())));
    }
  }

  @Test
  void overTls() throws Exception {
    TestCa.create().issue("localhost", "127.0.0.1").write(folder, "c");
    try (EchoServer member = EchoServer.start();
        RunningTerrace terrace = RunningTerrace.secure(folder, "", member.port())) {
      conforms(List.of("-t", "-k", "-p", String.valueOf(terrace.port())));
    }
  }

  private void conforms(List<String> where) throws Exception {
    Path report = folder.resolve("report.xml");
    List<String> command =
        new ArrayList<>(List.of(h2spec.toString(), "-S", "-j", report.toString()));
    command.addAll(where);
    String output = Suite.run(folder, TIME_MAX, command);
    assertThat(report).as(output).exists();
    Map<String, String> failed = failed(report);
    failed.keySet().removeAll(EXPLAINED.keySet());
    assertThat(failed).as(() -> output).isEmpty();
  }

  private static Map<String, String> failed(Path report)
      throws ParserConfigurationException, IOException, SAXException {
    Map<String, String> failed = new TreeMap<>();
    NodeList cases =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    assertThat(cases.getLength()).isGreaterThan(CASES);
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      if (one.getElementsByTagName("*").getLength() > 0) {
        failed.put(
            one.getAttribute("package") + ": " + one.getAttribute("classname"),
            one.getTextContent());
      }
    }
    return failed;
  }
}

package dev.terrace.config.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "1::",
        "1::8",
        "fe80::1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "2001:db8::192.0.2.1",
        "::ffff:10.0.0.1",
        "1:2:3:4:5:6:1.2.3.4",
        "ABCD::abcd"
      })
  void takesAddresses(String host) {
    assertThat(Hosts.isIpLiteral(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "127.0.0.256",
        "127.0.0",
        "127.0.0.1.1",
        "01.2.3.4",
        "1.2.3.4.",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        ":1",
        "1:",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%eth0",
        "-1.2.3.4"
      })
  void refusesOthers(String host) {
    assertThat(Hosts.isIpLiteral(host)).isFalse();
  }

  @Test
  void knowsWhatOnlyThisMachineReaches() {
    assertThat(Hosts.isLoopback(new Address("127.8.9.1", 1))).isTrue();
    assertThat(Hosts.isLoopback(new Address("localhost", 1))).isTrue();
    assertThat(Hosts.isLoopback(new Address("::1", 1))).isTrue();
    assertThat(Hosts.isLoopback(new Address("127.0.0.1.example", 1))).isFalse();
    assertThat(Hosts.isLoopback(new Address("0.0.0.0", 1))).isFalse();
  }
}

package dev.terrace.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9001, 127.0.0.1, 9001, 127.0.0.1:9001",
    "127.0.0.1, 127.0.0.1, 0, 127.0.0.1",
    "127.0.0.1:0, 127.0.0.1, 0, 127.0.0.1",
    "db.example:65535, db.example, 65535, db.example:65535",
    "[::1]:5300, ::1, 5300, [::1]:5300",
    "[2001:db8::1], 2001:db8::1, 0, [2001:db8::1]",
    "2001:db8::1, 2001:db8::1, 0, [2001:db8::1]",
    "::1, ::1, 0, [::1]",
  })
  void anAddressIsReadAndShown(String text, String host, int port, String shown) {
    Address address = Address.parse(text);
    assertThat(address).isEqualTo(new Address(host, port));
    assertThat(address).hasToString(shown);
    assertThat(Address.parse(shown)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "host:",
        "host:x",
        "host:-1",
        "host:65536",
        "host:123456",
        "host: 80",
        "[::1",
        "[::1]80",
        "[::1]:",
        "[]:80",
        "host:８０"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void loopbackIsKnown() {
    for (String loopback : new String[] {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
      assertThat(Address.parse(loopback).isLoopback()).isTrue();
    }
    for (String other :
        new String[] {
          "0.0.0.0:1",
          "10.0.0.1:1",
          "[::]:1",
          "localhost.evil:1",
          "127.evil.example:1",
          "127.0.0.1.evil.example:1"
        }) {
      assertThat(Address.parse(other).isLoopback()).as(other).isFalse();
    }
  }
}

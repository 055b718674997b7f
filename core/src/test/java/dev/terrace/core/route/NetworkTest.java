package dev.terrace.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  private static byte[] bytes(String address) {
    byte[] bytes = IpLiteral.parse(address);
    assertThat(bytes).as(address).isNotNull();
    return bytes == null ? new byte[0] : bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::a00:1, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "2001:db8:0:0:8000::/65, 2001:db8::ffff:0:0:1, true",
    "2001:db8:0:0:8000::/65, 2001:db8::1, false",
  })
  void contains(String network, String address, boolean is) {
    assertThat(Network.parse(network).contains(bytes(address))).isEqualTo(is);
    assertThat(Network.parse(network)).hasToString(network).isEqualTo(Network.parse(network));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0/8", "10.0.0.256", "010.0.0.1",
        "10.0.0.0/8/8", "::/129", "::1::", "1:2:3:4:5:6:7", "example", "1.2.3.4.5", "12345::",
            "::g",
        "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:8::", "10.0.0.1/8", "1.2.3.4:80"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsWhatJavaReadsAndWritesWhatCanBeReadAgain() throws UnknownHostException {
    Random random = new Random(20261124);
    for (int round = 0; round < 20_000; round++) {
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(address);
      for (int i = 0; i < address.length; i++) {
        address[i] = random.nextInt(3) == 0 ? 0 : address[i];
      }
      InetAddress known = InetAddress.getByAddress(address);
      byte[] expected = known.getAddress();
      assertThat(IpLiteral.parse(known.getHostAddress())).isEqualTo(expected);
      Network one = Network.parse(known.getHostAddress());
      assertThat(Network.parse(one.toString())).isEqualTo(one);
      assertThat(one.contains(expected)).isTrue();
      int prefix = random.nextInt(expected.length * 8 + 1);
      byte[] start = expected.clone();
      for (int bit = prefix; bit < expected.length * 8; bit++) {
        start[bit / 8] &= (byte) ~(0x80 >> bit % 8);
      }
      String text = InetAddress.getByAddress(start).getHostAddress() + "/" + prefix;
      assertThat(Network.parse(text).contains(expected)).as(text).isTrue();
      if (prefix > 0) {
        expected[(prefix - 1) / 8] ^= (byte) (0x80 >> (prefix - 1) % 8);
        assertThat(Network.parse(text).contains(expected)).as("outside " + text).isFalse();
      }
    }
  }
}

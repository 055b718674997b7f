package dev.terrace.core.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LsnTest {

  @Test
  void isWrittenAsPostgresqlWritesIt() {
    for (String text : List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/1", "1/0")) {
      assertThat(Lsn.parse(text).toString()).isEqualTo(text);
    }
    assertThat(Lsn.parse("16/b374d848").bytes()).isEqualTo(0x16_B374_D848L);
    for (String text : List.of("", "/", "1", "1/", "/1", "1/123456789", "1/g", "-1/0", "1/2/3")) {
      assertThatThrownBy(() -> Lsn.parse(text)).hasMessageContaining("16/B374D848");
    }
  }

  @Test
  void laterPositionsAreGreaterUpToTheLast() {
    Lsn last = Lsn.parse("FFFFFFFF/FFFFFFFF");
    assertThat(last).isGreaterThan(Lsn.parse("7FFFFFFF/FFFFFFFF")).isGreaterThan(Lsn.START);
    assertThat(Lsn.START.behind(new Lsn(10))).isEqualTo(10);
    assertThat(new Lsn(11).behind(new Lsn(10))).isZero();
  }

  @Test
  void theHeadOfAPageEndsNoRecord() {
    assertThat(new Lsn(8192 + 24).endOfRecord()).isEqualTo(new Lsn(8192));
    assertThat(new Lsn(8192 + 32).endOfRecord()).isEqualTo(new Lsn(8192 + 32));
    assertThat(new Lsn(8192).endOfRecord()).isEqualTo(new Lsn(8192));
  }

  @Test
  void aMarkIsHeldByItsOwnTimelineOrALaterOneThatHasComeAsFar() {
    assertThat(LogMark.timelineOf("0000001A00000000000000C7")).isEqualTo(26);
    LogMark mark = new LogMark(2, new Lsn(100));
    for (int timeline = 1; timeline <= 3; timeline++) {
      for (long lsn = 99; lsn <= 101; lsn++) {
        assertThat(mark.heldBy(new LogMark(timeline, new Lsn(lsn))))
            .as("%s at %s", timeline, lsn)
            .isEqualTo(timeline >= 2 && lsn >= 100);
      }
    }
    LogMark later = new LogMark(3, new Lsn(1));
    assertThat(mark.later(later)).isEqualTo(later);
    assertThat(later.later(mark)).isEqualTo(later);
    assertThat(mark.later(new LogMark(2, new Lsn(101))).lsn()).isEqualTo(new Lsn(101));
  }
}

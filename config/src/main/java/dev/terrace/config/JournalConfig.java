package dev.terrace.config;

import java.time.Duration;

/** The log of writes that are acknowledged before the store has them. */
public record JournalConfig(
    @Doc("The folder of its files; each process needs one of its own.") @Default("terrace-journal")
        FileName folder,
    @Doc(
            "When a write is acknowledged. fsync: when the disk has it, so that it survives the loss"
                + " of power; os: when the operating system has it, so that it survives the end of"
                + " Terrace only.")
        @Default("fsync")
        Durability durability,
    @Doc("How long a file gets before the next is begun; files are deleted whole.") @Default("64MB")
        Size segment,
    @Doc("How much all files may take; writes that do not fit are refused.") @Default("1GB")
        Size limit,
    @Doc("From which part of the limit on writes are slowed down, the more the fuller it is.")
        @Default("50%")
        Percent slowAt,
    @Doc("From which part of the limit on writes go to the store before they are answered.")
        @Default("80%")
        Percent throughAt,
    @Doc("Into how many parts the keys of a shard are split, each written to the store in order.")
        @Default("4")
        int partitions,
    @Doc("The most keys that one transaction writes to the store.") @Default("500") int batch,
    @Doc(
            "How often the store may refuse a change before it is put aside, to be looked at,"
                + " replayed or dropped.")
        @Default("3")
        int attempts,
    @Doc("The longest pause between attempts while the store does not answer.") @Default("2s")
        Duration pause) {

  public JournalConfig {
    Check.range("segment in bytes", segment.bytes(), 64 << 10, 1 << 30);
    if (limit.bytes() < 4 * segment.bytes()) {
      throw new IllegalArgumentException(
          "limit must be at least four times segment: files are deleted whole");
    }
    Check.range("slow-at", Math.round(slowAt.share() * 100), 1, 100);
    Check.range("through-at", Math.round(throughAt.share() * 100), 1, 100);
    if (slowAt.share() > throughAt.share()) {
      throw new IllegalArgumentException("slow-at must not be more than through-at");
    }
    Check.range("partitions", partitions, 1, 64);
    Check.range("batch", batch, 1, 10_000);
    Check.range("attempts", attempts, 1, 1000);
    Check.positive("pause", pause);
  }

  /** When a write is safe. */
  public enum Durability {
    FSYNC,
    OS
  }
}

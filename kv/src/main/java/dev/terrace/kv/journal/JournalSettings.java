package dev.terrace.kv.journal;

import java.nio.file.Path;

/**
 * Where a journal is, and how far it goes.
 *
 * @param durability when a record counts as safe
 * @param segmentBytes a segment that is longer gets no more frames
 * @param limitBytes how much all segments may take; more is refused
 */
public record JournalSettings(
    Path folder, Durability durability, long segmentBytes, long limitBytes) {

  /** When a record counts as safe. */
  public enum Durability {
    /** Once the disk has confirmed it: it survives the loss of power. */
    FSYNC,
    /** Once the operating system has it: it survives the end of the process. */
    OS
  }
}

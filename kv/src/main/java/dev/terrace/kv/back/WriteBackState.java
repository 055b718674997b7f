package dev.terrace.kv.back;

import java.util.List;

/**
 * How write-back stands.
 *
 * @param dirtyKeys keys whose newest state the store does not have
 * @param journalBytes what the journal's files take
 * @param limitBytes what they may take
 * @param segments how many files there are
 * @param recordsEver writes that became safe since the start
 * @param groupsEver confirmations by the disk that this took
 * @param rowsEver rows that were written to stores since the start
 * @param batchesEver transactions that this took
 * @param deadLetters writes that stores refuse
 * @param troubles why lanes cannot go on now
 */
public record WriteBackState(
    int dirtyKeys,
    long journalBytes,
    long limitBytes,
    int segments,
    long recordsEver,
    long groupsEver,
    long rowsEver,
    long batchesEver,
    int deadLetters,
    List<String> troubles) {

  public WriteBackState {
    troubles = List.copyOf(troubles);
  }
}

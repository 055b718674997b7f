package dev.terrace.dns;

/** Where the addresses of a name come from. */
sealed interface AddressSource permits FixedAddresses, PoolAddresses {

  /** The most addresses of one answer. */
  int ANSWERS_MAX = 64;

  /**
   * Chooses the addresses of one answer.
   *
   * @param client what a hashing policy hashes
   * @param random 64 random bits
   * @param chosen is filled from its start
   * @return how many were chosen; 0 if there are none of this family
   */
  int choose(Family family, ClientKey client, long random, byte[][] chosen);

  /** Whether the choice depends on the client's address. */
  boolean hashesClient();
}

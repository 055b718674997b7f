package dev.terrace.config;

/**
 * A number of bytes, in the file as {@code 512}, {@code 64KB}, {@code 512MB} or {@code 2GB} (powers
 * of 1024).
 */
public record Size(long bytes) {

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }
}

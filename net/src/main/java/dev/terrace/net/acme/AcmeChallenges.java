package dev.terrace.net.acme;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What authorities may ask for over HTTP just now; almost always nothing. */
public final class AcmeChallenges {

  /** What the paths begin with that authorities ask for (RFC 8555, section 8.3). */
  public static final String PATH = "/.well-known/acme-challenge/";

  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** Whether there is none at all; then nobody needs to look at paths. */
  public boolean isEmpty() {
    return answers.isEmpty();
  }

  /** The body of the answer to a path, as {@code application/octet-stream}. */
  public Optional<String> answer(String path) {
    return path.startsWith(PATH)
        ? Optional.ofNullable(answers.get(path.substring(PATH.length())))
        : Optional.empty();
  }

  /** Answers {@link #PATH} + token with this until it is removed. */
  public void put(String token, String answer) {
    answers.put(token, answer);
  }

  /** The authority has seen it. */
  public void remove(String token) {
    answers.remove(token);
  }
}

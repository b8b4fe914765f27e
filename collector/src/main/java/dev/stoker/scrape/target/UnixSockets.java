package dev.stoker.scrape.target;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The unix sockets that targets may be scraped over. The label that names a socket may be set by
 * somebody else than the operator of Stoker, who could reach any socket of this machine with it; so
 * only what the config names is used.
 *
 * @param patterns paths in which * stands for some characters of one part, and ? for one; none = no
 *     socket may be used
 */
public record UnixSockets(List<String> patterns) {
  public static final UnixSockets NONE = new UnixSockets(List.of());

  /** Bytes of a path that the kernel takes. */
  private static final int MOST_BYTES = 107;

  private static final int SHOWN = 120;

  private static final Pattern NOT_PLAIN = Pattern.compile("/(\\.{0,2})(/|$)");

  public UnixSockets {
    patterns = List.copyOf(patterns);
  }

  /** Why a path (or a pattern of paths) is none, and what to write; empty = it is one. */
  public static Optional<String> problem(String path) {
    if (!path.startsWith("/")) {
      return Optional.of("is no absolute path; write one such as /run/app/pprof.sock");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      return Optional.of(
          "is longer than the " + MOST_BYTES + " bytes that a socket's path may have");
    }
    if (path.chars().anyMatch(c -> c < ' ' || c == 127)) {
      return Optional.of("has a control character; take it out");
    }
    return NOT_PLAIN.matcher(path).find()
        ? Optional.of("has an empty part, . or ..; write the plain path of the socket")
        : Optional.empty();
  }

  /** Says why a target may not use this socket, and what to write; empty = it may. */
  Optional<String> refuses(String path) {
    Optional<String> problem = problem(path);
    String shown = path.length() <= SHOWN ? path : path.substring(0, SHOWN) + "…";
    if (problem.isPresent()) {
      return Optional.of("__scrape_unix_socket__ \"" + shown + "\" " + problem.get());
    }
    if (patterns.stream().anyMatch(pattern -> regex(pattern).matcher(path).matches())) {
      return Optional.empty();
    }
    return Optional.of(
        "its unix socket \""
            + shown
            + "\" is not among unix_sockets of the component, which the operator has to allow; write"
            + " unix_sockets = [\""
            + shown
            + "\"], or a pattern such as \"/run/app/*.sock\""
            + (patterns.isEmpty() ? "" : ", in addition to " + String.join(", ", patterns)));
  }

  private static Pattern regex(String pattern) {
    return Pattern.compile(
        pattern
            .chars()
            .mapToObj(
                c ->
                    c == '*'
                        ? "[^/]*"
                        : c == '?' ? "[^/]" : Pattern.quote(String.valueOf((char) c)))
            .collect(Collectors.joining()));
  }
}

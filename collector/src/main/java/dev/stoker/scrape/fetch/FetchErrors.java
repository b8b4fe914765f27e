package dev.stoker.scrape.fetch;

import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.scrape.target.Target;
import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The messages of failed fetches: each says what came and what to do about it. */
public final class FetchErrors {
  private static final int PREVIEW = 160;
  private static final int DEPTH = 20;

  /**
   * Go: "cpu profiling already in use"; async-profiler: "Profiler already started"; others in kind.
   */
  private static final Pattern BUSY =
      Pattern.compile(
          "already (in use|running|started|in progress|being profiled)|profiling in progress",
          Pattern.CASE_INSENSITIVE);

  /** Matches what Go, nginx, Apache and others say in plain text from a port for TLS. */
  private static final Pattern WANTS_TLS =
      Pattern.compile(
          "(HTTP request (was sent )?to (an )?HTTPS|plain HTTP to an SSL|requires TLS)",
          Pattern.CASE_INSENSITIVE);

  /** Where Go has the profile of leaked goroutines. */
  private static final String LEAKS =
      "; Go 1.26 has this profile in programs that are built with"
          + " GOEXPERIMENT=goroutineleakprofile";

  /** Content codings that Stoker does not read; only gzip is part of the formats of profiles. */
  private static final Set<String> FOREIGN_CODINGS =
      Set.of("deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz");

  record Verdict(Outcome outcome, String message) {}

  static Verdict status(Target target, int status, byte[] body) {
    String text = preview(body);
    if (status >= 400 && BUSY.matcher(new String(body, StandardCharsets.UTF_8)).find()) {
      return new Verdict(
          Outcome.BUSY,
          "the process' profiler is in use by somebody else (" + text + "); tried again next tick");
    }
    if (text.contains("exceeds server's WriteTimeout")) {
      return new Verdict(
          Outcome.HTTP,
          "the target's HTTP WriteTimeout is shorter than seconds="
              + target.plan().seconds()
              + "; raise http.Server.WriteTimeout there, or set delta_profiling_duration below it");
    }
    if (status == 400 && WANTS_TLS.matcher(text).find()) {
      return new Verdict(
          Outcome.HTTP,
          "HTTP status 400: "
              + text
              + "; this port speaks TLS; set the scheme to https (__scheme__ of the target, or"
              + " scheme of the component)");
    }
    String quoted = text.isEmpty() ? "" : ": " + text;
    if (status == 404) {
      return new Verdict(
          Outcome.NOT_FOUND,
          "404 not found"
              + quoted
              + "; the target does not serve "
              + target.url().getPath()
              + (switch (target.type().content()) {
                case PPROF, JFR ->
                    ": set profile."
                        + target.type().key()
                        + ".path or switch it off with enabled = false"
                        + (target.collectsGarbage() ? LEAKS : "");
                case WALL, PROFILER -> ": set source_config.path";
              }));
    }
    if (status == 401 || status == 403) {
      return new Verdict(
          Outcome.HTTP, status + quoted + "; the target wants credentials that were not sent");
    }
    return new Verdict(Outcome.HTTP, "HTTP status " + status + quoted);
  }

  /**
   * Tells whether a body with this Content-Encoding can be read.
   *
   * @return "" = it can be read
   */
  static String coding(@Nullable String header) {
    if (header == null) {
      return "";
    }
    for (String coding : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (FOREIGN_CODINGS.contains(coding.strip())) {
        return "the body has Content-Encoding: "
            + preview(header.getBytes(StandardCharsets.UTF_8))
            + ", which Stoker has not asked for and does not read; switch this compression off for"
            + " the path, at the target or at the proxy before it";
      }
    }
    return "";
  }

  static String deadline(Target target, String stage) {
    String budget =
        target.plan().seconds() == 0
            ? "scrape_timeout"
            : "seconds=" + target.plan().seconds() + " plus scrape_timeout";
    return "deadline of "
        + target.plan().deadlineMillis()
        + " ms ("
        + budget
        + ") passed while "
        + stage
        + (stage.equals("connecting")
            ? " to "
                + target.url().getRawAuthority()
                + ": time-out, nothing answers the attempt to connect; is the host up, and does a"
                + " firewall or a network policy let this connection through?"
            : "; raise scrape_timeout if the target is just slow");
  }

  /**
   * Says why, and over what, a connection could not be made.
   *
   * @param socket path of a unix socket, or "" for an address
   * @param reason what is known without the socket
   */
  public static String unreachable(String socket, Throwable cause, String reason) {
    return socket.isEmpty()
        ? reason
        : "over the unix socket " + socket + ": " + ofSocket(cause, reason);
  }

  /** What the kernel says of a path, by each of the transports, and not of a host and its port. */
  private static String ofSocket(Throwable failure, String reason) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEPTH; depth++, cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof FileNotFoundException || message.contains("no such file")) {
        return "it does not exist; is the program up, and is the folder the one that it uses?";
      }
      if (message.contains("permission denied")) {
        return "the user of Stoker may not write to it; give this user or a group of it the right";
      }
      if (message.contains("refused")) {
        return "nothing listens on it; is the program up?";
      }
    }
    return reason;
  }

  static String broken(Target target, String stage, Throwable cause) {
    if (NoAnswerException.behind(cause) instanceof NoAnswerException told) {
      return String.valueOf(told.getMessage());
    }
    return "connection broke while "
        + stage
        + ": "
        + FailureMessages.of(cause)
        + (stage.equals("waiting for an answer")
            ? target.plan().seconds() == 0
                ? "; does this port serve HTTP?"
                : "; if the target has an HTTP WriteTimeout, it must be longer than the profile"
            : "");
  }

  static String redirectLoop(int max, String location) {
    return "redirected more than "
        + max
        + " times, at last to "
        + preview(location.getBytes(StandardCharsets.UTF_8));
  }

  static String redirectRefused(int status, String location) {
    return "HTTP status "
        + status
        + ", a redirect to "
        + preview(location.getBytes(StandardCharsets.UTF_8))
        + ", and follow_redirects = false; set the path to where it leads";
  }

  static String badRedirect(String location) {
    return "redirected to an invalid location: "
        + preview(location.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param configured max_body_size, 0 = no limit
   * @param limit that one, or what there is for all bodies together
   */
  static String tooLarge(long length, long configured, long limit) {
    String body = length < 0 ? "body" : "body of " + length + " bytes";
    return limit == configured
        ? body
            + " is larger than max_body_size ("
            + limit
            + " bytes); raise max_body_size if the target is to be trusted"
        : body
            + " is larger than the memory that there is for the bodies of all targets ("
            + limit
            + " bytes); give Stoker more memory, or set a max_body_size that its heap is planned"
            + " for";
  }

  /** One line of printable text, bounded: error bodies come from strangers. */
  static String preview(byte[] body) {
    int end = Math.min(body.length, PREVIEW);
    String text =
        new String(body, 0, end, StandardCharsets.UTF_8)
            .replaceAll("[\\p{Cntrl}\\s]+", " ")
            .strip();
    return body.length > PREVIEW ? text + "…" : text;
  }

  private FetchErrors() {}
}

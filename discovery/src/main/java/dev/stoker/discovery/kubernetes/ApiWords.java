package dev.stoker.discovery.kubernetes;

import dev.stoker.http.failure.FailureWords;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;

/** What has gone wrong between Stoker and an API server, for people. */
final class ApiWords {
  private final KindWatch.Key key;

  ApiWords(KindWatch.Key key) {
    this.key = key;
  }

  /**
   * @param verb <code>list</code> or <code>watch</code>
   */
  String of(String verb, ApiFailure failure) {
    if (failure.code() == 0) {
      return "cannot "
          + verb
          + " "
          + what()
          + ": "
          + failure.words()
          + (key.api().server().isEmpty() ? "" : "; is " + key.api().server() + " right, and up?");
    }
    String words = failure.words().isEmpty() ? "" : ": " + failure.words();
    String asked =
        failure.retryAfter().isZero()
            ? ""
            : "; it asks to be left alone for "
                + failure.retryAfter().toSeconds()
                + " s (Retry-After), and Stoker does so";
    return "the API server answers " + failure.code() + words + asked + hint(verb, failure);
  }

  /** Nothing has come in. */
  String silent(String verb, long millis, boolean answered) {
    String nothing =
        answered
            ? "the API server has said nothing for " + millis / 1000 + " s, though a " + verb
            : "the API server has not answered for " + millis / 1000 + " s to a " + verb;
    String ends =
        !answered
            ? ""
            : verb.equals(Reflector.WATCH) ? " ends by itself before that" : " takes no such time";
    return nothing
        + " of "
        + what()
        + ends
        + ": the connection hangs, a new one is opened; look at the network, and at proxies and"
        + " firewalls on the way";
  }

  /** Something comes in all the time, and never the end. */
  String trickles(String verb, Duration time) {
    return "a "
        + verb
        + " of "
        + what()
        + " has not come to its end in "
        + time.toSeconds()
        + " s, though an API server ends it long before by itself: a new one is asked for; look at the"
        + " network, and at proxies on the way"
        + (verb.equals(Reflector.LIST) ? ", or select fewer " + key.kind().plural() : "");
  }

  /** A watch that always ends as soon as it has begun. */
  String endsAtOnce() {
    return "the API server, or a proxy before it, ends each watch of "
        + what()
        + " as soon as it has begun; changes are seen late";
  }

  private String what() {
    return key.kind().plural()
        + (key.namespace().isEmpty() ? "" : " of namespace " + key.namespace());
  }

  private String hint(String verb, ApiFailure failure) {
    return switch (failure.code()) {
      case ApiFailure.UNAUTHORIZED -> "; check the token" + tokenFile();
      case ApiFailure.FORBIDDEN ->
          "; Stoker may not "
              + verb
              + " "
              + what()
              + ": give Stoker's ServiceAccount get, list and watch of "
              + key.kind().plural()
              + (key.namespace().isEmpty() ? " in all namespaces" : " there")
              + ", as "
              + key.kind().grantedBy()
              + " does";
      case ApiFailure.NOT_FOUND ->
          "; is it an API server of Kubernetes, and does it have "
              + key.kind().plural()
              + " of "
              + key.kind().api()
              + "?";
      default -> "";
    };
  }

  private String tokenFile() {
    String file = ApiClients.tokenFile(key.api());
    return file.isEmpty() ? "" : " in " + file + ", which is read again at each try";
  }

  /** The deepest cause with words of its own; a refused connection has none. */
  static String reason(Throwable failure) {
    String words = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String told = FailureWords.of(cause);
      if (told.startsWith("time-out") || told.startsWith("no route")) {
        return told;
      }
      if (cause instanceof IllegalArgumentException && text(cause).contains("header")) {
        // The JDK's message holds the value, which may be the token.
        return "a header of the request, such as the one with the token, holds a character that no"
            + " header may have; look for line breaks inside of the token";
      }
      if (cause instanceof UnresolvedAddressException) {
        return "the name of the API server cannot be resolved";
      }
      if (cause instanceof HttpTimeoutException
          && !(cause instanceof HttpConnectTimeoutException)) {
        return "time-out, the API server does not answer";
      }
      if (cause instanceof ConnectException && !isUnresolved(cause)) {
        return "the API server refuses the connection";
      }
      boolean own = cause.getMessage() != null && cause.getCause() == null;
      words = own || words.isEmpty() ? String.valueOf(cause.getMessage()) : words;
    }
    return isClosed(words) ? "the API server, or a proxy before it, closes the connection" : words;
  }

  private static String text(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }

  /** The JDK's client tells a closed connection by where it was in the answer. */
  private static boolean isClosed(String words) {
    return words.contains("received no bytes")
        || words.contains("EOF reached")
        || words.contains("closed")
        || words.contains("chunked transfer encoding")
        || words.contains("fixed content-length");
  }

  private static boolean isUnresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}

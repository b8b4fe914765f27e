package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.discovery.kubernetes.api.ApiClients;
import dev.stoker.discovery.kubernetes.api.ApiFailure;
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
}

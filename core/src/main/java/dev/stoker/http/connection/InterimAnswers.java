package dev.stoker.http.connection;

import dev.stoker.http.failure.NoAnswerException;
import io.vertx.core.http.HttpClientRequest;

/**
 * Counts the answers of status 100 and 103 that may come before the final one. HTTP sets no bound
 * on them, and each one costs CPU. After 20 of them the connection is closed. Event loop of the
 * connection only.
 */
final class InterimAnswers {
  private static final int MOST = 20;
  private static final long CANCEL = 8;

  private final HttpClientRequest request;
  private int seen;

  private InterimAnswers(HttpClientRequest request) {
    this.request = request;
  }

  static void bound(HttpClientRequest request) {
    InterimAnswers answers = new InterimAnswers(request);
    request.continueHandler(ignored -> answers.next());
    request.earlyHintsHandler(ignored -> answers.next());
  }

  private void next() {
    if (++seen == MOST + 1) {
      request.reset(
          CANCEL,
          new NoAnswerException(
              "no answer but more than "
                  + MOST
                  + " interim ones (status 100 or 103): no server for this, or a broken proxy?"));
      request.connection().close();
    }
  }
}

package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.http.AnswerTexts;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.OtherServer;
import dev.stoker.write.http.PushClient;
import dev.stoker.write.http.RetryTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Says what came of a push: the one place that maps an answer to a verdict. A status means what
 * {@link RetryTable} says. Two things are told by more than the status: a success counts only when
 * it is Pyroscope's own, and a 400 may name labels that can be mended ({@link LabelComplaint}). The
 * texts are for users. What follows from a verdict is the endpoint's business: see {@link
 * SendResult}.
 */
final class PushAnswers implements PushClient.Answers {
  static final String MEDIA_TYPE = "application/proto";

  private final EndpointConfig config;
  private final AnswerTexts texts;
  private final Timers timers;

  PushAnswers(EndpointConfig config, AnswerTexts texts, Timers timers) {
    this.config = config;
    this.texts = texts;
    this.timers = timers;
  }

  @Override
  public SendResult of(PushClient.Answered answered) {
    SendResult result = byStatus(answered);
    if (!(result instanceof SendResult.Rejected rejected) || answered.head().status() != 400) {
      return result;
    }
    String whole = answered.body().toString(StandardCharsets.UTF_8);
    return new SendResult.Rejected(
        rejected.answer(), LabelComplaint.of(whole, answered.body().length() >= PushClient.BYTES));
  }

  /** Connect's clients take no other answer either. */
  private SendResult byStatus(PushClient.Answered answered) {
    boolean foreign =
        answered.head().ok()
            && !config.acceptAny2xx()
            && !OtherServer.isMedia(answered.head(), MEDIA_TYPE);
    if (foreign) {
      return OtherServer.answered("Pyroscope's", answered.head(), answered.body(), texts);
    }
    return RetryTable.of(
        answered.head().status(),
        texts.shown(answered.body()),
        answered.head().headers().get("Retry-After"),
        config.retry().on429(),
        Instant.ofEpochMilli(timers.wallMillis()));
  }
}

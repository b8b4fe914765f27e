package dev.stoker.profile.relabel;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.edit.SampleLabels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.ComponentBooks.Outcome;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.profile.Verdicts;
import dev.stoker.relabel.Relabeled;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running <code>pyroscope.relabel</code>. A profile that a rule drops counts as accepted: the
 * user wants it gone, so the baseline of its delta moves, and the next delta is not made to cover
 * what nobody wants. Labels inside profiles are edited beside the control context: such a profile
 * is this component's until then, within a bound of memory.
 */
public final class ProfileRelabel implements Appender {
  private final ProfileRelabelConfig config;
  private final Appender next;
  private final OutcomeCache outcomes;
  private final RelabelMetrics metrics;
  private final ComponentBooks books;

  /** Bytes of bodies, as they came, that may wait for their sample rules. */
  private static final long MAX_UNDER_WAY = 16 << 20;

  private final Way way;
  private String lastDrop = "";
  private long bytesUnderWay;
  private int underWay;

  /**
   * What is beyond it.
   *
   * @param next where relabelled profiles go
   * @param editing of the labels inside
   * @param verdicts hears of profiles that are under way here
   * @param all counts them, and those of all other components
   */
  public record Way(Appender next, SampleEditing editing, Verdicts verdicts, UnderWay all) {}

  public ProfileRelabel(ProfileRelabelConfig config, Way way, MeterRegistry registry) {
    this.config = config;
    this.way = way;
    this.next = way.next();
    this.outcomes = new OutcomeCache(config.relabeler(), config.maxCacheSize());
    this.metrics = new RelabelMetrics(registry, config.component(), outcomes);
    this.books = new ComponentBooks(registry, config.component(), ComponentBooks.Entry.RECEIVED);
  }

  /** Its id, such as <code>pyroscope.relabel.default</code>. */
  public String component() {
    return config.component();
  }

  /** What became of the profiles that came. */
  public ComponentBooks books() {
    return books;
  }

  @Override
  public boolean append(Profile profile) {
    metrics.processed();
    books.came(1);
    Outcome left = settle(profile);
    if (left == null) {
      return true;
    }
    books.left(left);
    return left == Outcome.OFFERED || left == Outcome.RULED_OUT;
  }

  /** A profile that a rule drops needs no room. */
  @Override
  public boolean hasRoom(Profile profile, Room batch) {
    if (outcomes.of(profile.labels()) instanceof Relabeled.Kept kept && !kept.labels().isEmpty()) {
      return (config.samples().isNone() || hasRoomForEdits(profile, batch))
          && next.hasRoom(profile.with(kept.labels()), batch);
    }
    return true;
  }

  private boolean hasRoomForEdits(Profile profile, Room batch) {
    int bytes = profile.body().length;
    long promised = batch.promised(this);
    boolean room =
        promised == 0 && mayEdit(bytes) || bytesUnderWay + promised + bytes <= MAX_UNDER_WAY;
    if (room) {
      batch.promise(this, bytes);
    }
    return room;
  }

  private boolean mayEdit(long bytes) {
    return underWay == 0 || bytesUnderWay + bytes <= MAX_UNDER_WAY;
  }

  /** A bug costs one profile of one sender, which is told that nobody took it. */
  private @Nullable Outcome settle(Profile profile) {
    try {
      return relabelled(profile);
    } catch (Throwable thrown) {
      books.bug("relabelling a profile", thrown, System.nanoTime());
      return Outcome.FAILED;
    }
  }

  /** Null = under way. */
  private @Nullable Outcome relabelled(Profile profile) {
    Relabeled outcome = outcomes.of(profile.labels());
    if (outcome instanceof Relabeled.Kept kept) {
      return forward(profile, kept.labels());
    }
    if (outcome instanceof Relabeled.Dropped dropped) {
      return drop(RelabelMetrics.Reason.RULE, dropped.rule(), dropped.detail());
    }
    Relabeled.TooLarge large = (Relabeled.TooLarge) outcome;
    return drop(RelabelMetrics.Reason.TOO_LARGE, large.rule(), large.detail());
  }

  /** A set without a label left is no series, as in Prometheus. */
  private @Nullable Outcome forward(Profile profile, Labels labels) {
    if (labels.isEmpty()) {
      return drop(RelabelMetrics.Reason.EMPTY, config.relabeler().rules().size(), "no label left");
    }
    if (!config.samples().isNone()) {
      return editSamples(profile.with(labels));
    }
    return handOn(profile.with(labels));
  }

  private @Nullable Outcome editSamples(Profile profile) {
    int bytes = profile.body().length;
    if (!mayEdit(bytes)) {
      metrics.dropped(RelabelMetrics.Reason.BUSY);
      lastDrop = "sample_rules: more than " + MAX_UNDER_WAY + " bytes wait for them";
      return Outcome.REFUSED;
    }
    underWay++;
    way.all().began();
    bytesUnderWay += bytes;
    way.verdicts().offered(profile.origin());
    SampleRelabeler editor = new SampleRelabeler(config.samples());
    way.editing()
        .edit(
            profile.body(),
            editor,
            edited -> ended(profile, () -> edited(profile, edited, editor)),
            failure -> ended(profile, () -> notEdited(failure)));
    return null;
  }

  private void ended(Profile profile, Supplier<Outcome> end) {
    underWay--;
    bytesUnderWay -= profile.body().length;
    Outcome left;
    try {
      left = end.get();
    } catch (Throwable thrown) {
      books.bug("handing on a profile", thrown, System.nanoTime());
      left = Outcome.FAILED;
    }
    books.left(left);
    if (left == Outcome.OFFERED) {
      way.verdicts().taken(profile.origin());
    }
    way.all().ended();
  }

  private Outcome edited(Profile profile, SampleLabels.Edited edited, SampleRelabeler editor) {
    metrics.edited(edited.gone(), editor.merged());
    byte[] body = edited.body();
    if (body == null) {
      metrics.dropped(RelabelMetrics.Reason.SAMPLES);
      lastDrop = "sample_rules: no sample left";
      return Outcome.RULED_OUT;
    }
    return handOn(profile.with(body));
  }

  /** It is not sent with the labels that the rules were to take away. */
  private Outcome notEdited(Throwable failure) {
    if (failure instanceof MalformedProfileException malformed) {
      metrics.dropped(RelabelMetrics.Reason.UNREADABLE);
      lastDrop = "sample_rules: " + malformed.getMessage();
      return Outcome.REFUSED;
    }
    books.bug("editing the labels inside a profile", failure, System.nanoTime());
    return Outcome.FAILED;
  }

  private Outcome handOn(Profile profile) {
    boolean accepted = next.append(profile);
    if (accepted) {
      metrics.written();
    }
    return accepted ? Outcome.OFFERED : Outcome.REFUSED;
  }

  private Outcome drop(RelabelMetrics.Reason reason, int rule, String detail) {
    metrics.dropped(reason);
    lastDrop = "rule " + rule + ": " + detail;
    return Outcome.RULED_OUT;
  }

  /** What has passed and what not, with the reason of the last drop; for people. */
  public String summary() {
    long dropped = metrics.droppedCount();
    return metrics.writtenCount()
        + " profiles forwarded, "
        + dropped
        + " dropped"
        + (dropped == 0 ? "" : "; the last by " + lastDrop);
  }

  /** Takes its metrics away. Idempotent. */
  public void stop() {
    metrics.close();
    books.close();
  }
}

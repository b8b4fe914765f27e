package dev.stoker.profile.enrich;

import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.ComponentBooks.Outcome;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.schema.Texts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A running <code>pyroscope.enrich</code>. A profile of which no target is known goes on as it
 * came: to wait for its target would be to lose it when the target is never found. Owned by the
 * control context.
 */
final class ProfileEnrich implements Appender {
  private final EnrichConfig config;
  private final Appender next;
  private final MeterRegistry registry;
  private final ComponentBooks books;
  private final Counter matched;
  private final Counter unmatched;
  private TargetLabels targets = TargetLabels.NONE;
  private String lastUnmatched = "";

  ProfileEnrich(EnrichConfig config, Appender next, MeterRegistry registry) {
    this.config = config;
    this.next = next;
    this.registry = registry;
    this.books = new ComponentBooks(registry, config.component(), ComponentBooks.Entry.RECEIVED);
    this.matched = counter("matched");
    this.unmatched = counter("unmatched");
  }

  private Counter counter(String outcome) {
    return Counter.builder("stoker.enrich.profiles")
        .description("Profiles that came to a component, by whether a target was found for them")
        .tags("component", config.component(), "outcome", outcome)
        .register(registry);
  }

  /** Returns the account of the profiles that came. */
  ComponentBooks books() {
    return books;
  }

  /** From now on profiles get the labels of these. */
  void targets(TargetList list) {
    try {
      targets = TargetLabels.of(list.unordered(), config.match().target(), config.copy());
    } catch (RuntimeException | Error thrown) {
      books.bug("taking new targets", thrown, System.nanoTime());
    }
  }

  /** The targets that another one of the same component has. */
  void targets(ProfileEnrich before) {
    if (before.config.match().equals(config.match())
        && before.config.copy().equals(config.copy())) {
      targets = before.targets;
    }
  }

  @Override
  public boolean append(Profile profile) {
    books.came(1);
    Outcome left = handOn(profile);
    books.left(left);
    return left == Outcome.OFFERED;
  }

  private Outcome handOn(Profile profile) {
    try {
      String value = profile.labels().get(config.match().profile());
      if (targets.has(value)) {
        matched.increment();
      } else {
        unmatched.increment();
        lastUnmatched = value;
      }
      return next.append(enriched(profile)) ? Outcome.OFFERED : Outcome.REFUSED;
    } catch (RuntimeException | Error thrown) {
      books.bug("enriching a profile", thrown, System.nanoTime());
      return Outcome.FAILED;
    }
  }

  @Override
  public boolean hasRoom(Profile profile, Room batch) {
    return next.hasRoom(enriched(profile), batch);
  }

  private Profile enriched(Profile profile) {
    Labels more = targets.of(profile.labels().get(config.match().profile()));
    return more.isEmpty()
        ? profile
        : profile.with(profile.labels().toBuilder().setAll(more).build());
  }

  /** Says to people how many profiles found a target, and which targets cannot be used. */
  String summary() {
    StringBuilder text = new StringBuilder();
    text.append(Texts.counted((long) matched.count(), "profile")).append(" enriched, ");
    text.append((long) unmatched.count()).append(" without a target");
    if (unmatched.count() > 0) {
      text.append("; the last had ").append(config.match().profile()).append(" = \"");
      text.append(Texts.excerpt(lastUnmatched)).append('"');
    }
    text.append("; targets by ").append(config.match().target()).append(": ");
    text.append(Texts.counted(targets.values(), "value"));
    if (targets.unlabelled() > 0) {
      text.append(", ").append(Texts.counted(targets.unlabelled(), "target"));
      text.append(" without it");
    }
    if (!targets.disagreed().isEmpty()) {
      text.append(", not given where targets of one value disagree: ");
      text.append(Texts.excerpt(String.join(", ", targets.disagreed())));
    }
    return text.toString();
  }

  /** Takes its metrics away. Idempotent. */
  void stop() {
    registry.remove(matched);
    registry.remove(unmatched);
    books.close();
  }
}

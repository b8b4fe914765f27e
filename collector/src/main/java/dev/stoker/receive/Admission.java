package dev.stoker.receive;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.ComponentBooks.Outcome;
import dev.stoker.profile.Profile;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Room;
import dev.stoker.profile.Verdicts;
import dev.stoker.receive.server.Refusal;
import dev.stoker.schema.Texts;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the profiles of a request, all of them or none: has labels and bodies looked at, asks for
 * room, and hands them on as if they had been scraped. The request is taken when at least one
 * receiver has taken each of its profiles. Owned by the control context.
 */
public final class Admission {
  private final String component;
  private final Around around;
  private final ReceiveMetrics metrics;
  private final ComponentBooks books;
  private final Clients clients = new Clients();
  private final Inspection inspection;
  private Settings settings;
  private SenderLabels labels;
  private int underWay;
  private Runnable onIdle = () -> {};
  private ReceiverStatus.LastError lastError = ReceiverStatus.LastError.NONE;

  /**
   * What the config says.
   *
   * @param maxInflatedSize bytes that a profile may inflate to
   * @param next where the profiles go
   */
  public record Settings(LabelLimits labels, long maxInflatedSize, Appender next) {}

  /**
   * What it needs of the daemon.
   *
   * @param pushed is told what was taken
   */
  public record Around(
      CpuPool cpuPool,
      Workspaces workspaces,
      Timers timers,
      MeterRegistry registry,
      PushedProfiles pushed) {}

  public Admission(String component, Settings settings, Around around) {
    this.component = component;
    this.settings = settings;
    this.around = around;
    this.metrics = new ReceiveMetrics(around.registry(), component);
    this.books = new ComponentBooks(around.registry(), component, ComponentBooks.Entry.RECEIVED);
    this.labels = new SenderLabels(settings.labels(), metrics::leftOut);
    this.inspection = new Inspection(around.cpuPool(), around.workspaces(), metrics::mended);
  }

  /** Other settings, for what comes from now on. */
  public void configure(Settings next) {
    settings = next;
    labels = new SenderLabels(next.labels(), metrics::leftOut);
  }

  /** A request with its profiles, all on their way to the same answer. */
  private record Batch(List<Candidate> profiles, Sender sender, Answer answer, long nowMillis) {}

  /** Takes the profiles of a request. It answers at once, or when the bodies were looked at. */
  public void admit(List<Incoming> profiles, Sender sender, Answer answer) {
    around.timers().control().assertOn();
    books.came(profiles.size());
    Batch batch = new Batch(new ArrayList<>(), sender, answer, around.timers().wallMillis());
    try {
      if (profiles.isEmpty()) {
        throw new InvalidPush("the request has no profile");
      }
      for (Incoming profile : profiles) {
        batch
            .profiles()
            .add(inspection.quick(labels.of(profile), profile.body(), settings.maxInflatedSize()));
      }
    } catch (InvalidPush | MalformedProfileException wrong) {
      refuse(batch, profiles.size(), Refusal.invalid(which(batch, profiles, wrong)));
      return;
    } catch (RuntimeException | Error thrown) {
      bug(batch, profiles.size(), "looking at a pushed profile", thrown);
      return;
    }
    if (batch.profiles().stream().anyMatch(Candidate::isDue)) {
      lookAt(batch);
    } else {
      deliver(batch);
    }
  }

  private static String which(Batch batch, List<Incoming> profiles, Exception wrong) {
    return profiles.size() < 2
        ? String.valueOf(wrong.getMessage())
        : "profile "
            + (batch.profiles().size() + 1)
            + " of "
            + profiles.size()
            + ": "
            + wrong.getMessage();
  }

  private void lookAt(Batch batch) {
    underWay++;
    inspection
        .full(batch.profiles(), settings.maxInflatedSize(), batch.nowMillis())
        .onComplete(
            looked -> {
              if (looked.succeeded()) {
                deliver(batch);
              } else {
                failed(batch, looked.cause());
              }
              underWay--;
              if (underWay == 0) {
                onIdle.run();
              }
            });
  }

  private void failed(Batch batch, Throwable cause) {
    if (cause instanceof MalformedProfileException malformed) {
      refuse(
          batch, batch.profiles().size(), Refusal.invalid(String.valueOf(malformed.getMessage())));
    } else {
      bug(batch, batch.profiles().size(), "looking at a pushed profile", cause);
    }
  }

  private void bug(Batch batch, int profiles, String doing, Throwable thrown) {
    books.bug(doing, thrown, around.timers().nanoTime());
    refuse(batch, profiles, Refusal.bug());
  }

  private void deliver(Batch batch) {
    List<Profile> profiles = new ArrayList<>();
    Room room = new Room();
    try {
      boolean fits = true;
      for (Candidate candidate : batch.profiles()) {
        Profile profile = profile(candidate, batch);
        profiles.add(profile);
        fits &= settings.next().hasRoom(profile, room);
      }
      if (!fits) {
        refuse(
            batch,
            profiles.size(),
            Refusal.busy("no queue behind " + component + " has room for it now; send it again"));
        return;
      }
    } catch (RuntimeException | Error thrown) {
      bug(batch, batch.profiles().size(), "asking for room for a pushed profile", thrown);
      return;
    }
    hand(batch, profiles);
  }

  private Profile profile(Candidate candidate, Batch batch) {
    Labels.Builder all =
        candidate.series().toBuilder().set(LabelNames.PEER_ADDRESS, batch.sender().address());
    if (!batch.sender().tenant().isEmpty()) {
      all.set(LabelNames.TENANT, batch.sender().tenant());
    }
    all.setIfAbsent(LabelNames.SERVICE_NAME, candidate.series().get(LabelNames.NAME));
    return new Profile(all.build(), candidate.body(), batch.nowMillis(), Verdicts.PUSHED);
  }

  /** Each is handed on, whatever becomes of the others: what was taken is in the books. */
  private void hand(Batch batch, List<Profile> profiles) {
    long bytes = 0;
    int refused = 0;
    for (Profile profile : profiles) {
      Outcome outcome = hand(profile);
      books.left(outcome);
      bytes += outcome == Outcome.OFFERED ? profile.body().length : 0;
      refused += outcome == Outcome.OFFERED ? 0 : 1;
      if (outcome == Outcome.OFFERED) {
        around.pushed().pushed(profile.labels(), batch.nowMillis());
      }
    }
    if (refused > 0) {
      metrics.refused(Refusal.Kind.BUSY, refused);
      answer(batch, Refusal.busy("no receiver has taken a part of it; send it again"));
      return;
    }
    metrics.taken(profiles.size(), bytes);
    clients.taken(batch.sender(), profiles.size(), bytes, batch.nowMillis());
    batch.answer().taken();
  }

  private Outcome hand(Profile profile) {
    try {
      return settings.next().append(profile) ? Outcome.OFFERED : Outcome.REFUSED;
    } catch (RuntimeException | Error thrown) {
      books.bug("handing on a pushed profile", thrown, around.timers().nanoTime());
      return Outcome.FAILED;
    }
  }

  private void refuse(Batch batch, int profiles, Refusal refusal) {
    left(profiles, refusal.kind());
    answer(batch, refusal);
  }

  private void left(int profiles, Refusal.Kind kind) {
    for (int i = 0; i < profiles; i++) {
      books.left(kind == Refusal.Kind.INTERNAL ? Outcome.FAILED : Outcome.REFUSED);
    }
    metrics.refused(kind, profiles);
  }

  private void answer(Batch batch, Refusal refusal) {
    refused(batch.sender(), refusal);
    batch.answer().refused(refusal);
  }

  /** Takes a request in which nothing was sampled. */
  public void nothing(Sender sender, Answer answer) {
    metrics.taken(0, 0);
    clients.taken(sender, 0, 0, around.timers().wallMillis());
    answer.taken();
  }

  /** Counts labels that were left out before the profiles came here. */
  public void leftOut(LeftOutLabel reason, int labels) {
    metrics.leftOut(reason, labels);
  }

  /** Counts profiles of a request that nobody can take, whatever becomes of its others. */
  public void rejected(Sender sender, int profiles, String words) {
    books.came(profiles);
    left(profiles, Refusal.Kind.INVALID);
    long now = around.timers().wallMillis();
    clients.rejected(sender, words, now);
    lastError = new ReceiverStatus.LastError(words, now);
  }

  /** Counts a request that was refused before its profiles were known. */
  public void refused(Sender sender, Refusal refusal) {
    metrics.refused(refusal);
    long now = around.timers().wallMillis();
    clients.refused(sender, refusal, now);
    lastError = new ReceiverStatus.LastError(Clients.words(refusal), now);
  }

  /** Counts a request whose client has gone away before it was taken. */
  public void gone() {
    metrics.gone();
  }

  /** What became of the profiles that came. */
  public ComponentBooks books() {
    return books;
  }

  /** All that came to the port, and from whom. */
  public ReceiverStatus status(String protocol, ReceiverStatus.Port port) {
    return new ReceiverStatus(
        component,
        protocol,
        port,
        new ReceiverStatus.Counts(
            metrics.takenProfiles(), metrics.takenBytes(), metrics.requests(), lastError),
        clients.snapshot());
  }

  /** Who sent, what was taken and what not, for people. */
  public String summary() {
    long refused = metrics.refusedRequests();
    return Texts.counted(clients.size(), "client")
        + "; "
        + Texts.counted(metrics.takenProfiles(), "profile")
        + " taken, "
        + Texts.counted(refused, "request")
        + " refused"
        + (refused == 0 ? "" : "; the last: " + lastError.words());
  }

  /** Calls once when nothing is being looked at, which may be at once. */
  public void whenIdle(Runnable idle) {
    onIdle =
        () -> {
          onIdle = () -> {};
          idle.run();
        };
    if (underWay == 0) {
      onIdle.run();
    }
  }

  /** Takes its metrics away. Idempotent. */
  public void close() {
    metrics.close();
    books.close();
  }
}

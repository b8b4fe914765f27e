package dev.stoker.scrape.loop;

import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.TargetDetail;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects what servers say about the profiles of one loop. The loop is refused when each of its
 * last three scrapes (or each scrape so far) brought a profile that the server of at least one
 * endpoint will never take. It stays refused until all endpoints take a scrape. Only a few scrapes
 * are remembered: an older one that is delivered late says nothing new. Owned by the control
 * context.
 */
final class ServerVerdict implements Verdicts.Listener {
  private static final int REMEMBERED = 16;
  private static final int NEEDED = 3;

  /** Bound on the texts by endpoint; a config has no more endpoints that matter. */
  private static final int ENDPOINTS = 16;

  private final Verdicts verdicts;
  private final TargetLog targetLog;
  private final Runnable onRefused;
  private final int id;

  /** The last scrapes, each at its number modulo {@link #REMEMBERED}. */
  private final int[] numbers = new int[REMEMBERED];

  private final int[] waiting = new int[REMEMBERED];
  private final boolean[] answered = new boolean[REMEMBERED];
  private final boolean[] rejected = new boolean[REMEMBERED];
  private final Set<String> refusedBy = new TreeSet<>();
  private final Map<String, String> mended = new TreeMap<>();
  private int lastMended;
  private int scrapes;
  private boolean refused;
  private String answer = "";
  private Target target;

  /**
   * @param onRefused called for each profile that is refused: the next body deserves a closer look
   */
  ServerVerdict(Verdicts verdicts, TargetLog targetLog, Target target, Runnable onRefused) {
    this.verdicts = verdicts;
    this.targetLog = targetLog;
    this.target = target;
    this.onRefused = onRefused;
    this.id = verdicts.open(this);
  }

  void update(Target sameKey) {
    target = sameKey;
  }

  void close() {
    verdicts.close(id);
  }

  /** Opens the accounts of a new scrape; its profiles carry the returned origin. */
  long nextScrape() {
    scrapes++;
    int at = Math.floorMod(scrapes, REMEMBERED);
    numbers[at] = scrapes;
    waiting[at] = 0;
    answered[at] = false;
    rejected[at] = false;
    return Verdicts.origin(id, scrapes);
  }

  /** Index at which a scrape is kept; -1 = it is too old. */
  private int at(int scrape) {
    int at = Math.floorMod(scrape, REMEMBERED);
    return scrape > 0 && numbers[at] == scrape ? at : -1;
  }

  private boolean takenByAll(int at) {
    return !rejected[at] && answered[at] && waiting[at] == 0;
  }

  @Override
  public void offered(int scrape) {
    int at = at(scrape);
    if (at >= 0) {
      waiting[at]++;
    }
  }

  @Override
  public void taken(int scrape) {
    int at = at(scrape);
    if (at >= 0) {
      waiting[at]--;
      answered[at] = true;
      if (scrape > lastMended && takenByAll(at)) {
        mended.clear(); // nothing had to be mended any more
      }
      if (refused && takenByAll(at)) {
        turn(false);
      }
    }
  }

  @Override
  public void refused(int scrape, String endpoint, String words) {
    int at = at(scrape);
    if (at < 0) {
      return;
    }
    rejected[at] = true;
    answer = words;
    if (refusedBy.size() < ENDPOINTS) {
      refusedBy.add(endpoint);
    }
    onRefused.run();
    if (!refused && allRefused()) {
      turn(true);
    }
  }

  @Override
  public void mended(int scrape, String endpoint, String what) {
    lastMended = Math.max(lastMended, scrape);
    if (mended.containsKey(endpoint) || mended.size() < ENDPOINTS) {
      mended.put(endpoint, what);
    }
  }

  /** The last three that a server has said anything final about. */
  private boolean allRefused() {
    int found = 0;
    for (int scrape = scrapes; scrape > scrapes - REMEMBERED && found < NEEDED; scrape--) {
      int at = at(scrape);
      if (at >= 0 && takenByAll(at)) {
        return false;
      }
      found += at >= 0 && rejected[at] ? 1 : 0;
    }
    return found > 0;
  }

  private void turn(boolean toRefused) {
    refused = toRefused;
    if (toRefused) {
      targetLog.refused(target, refusedBy, answer);
    } else {
      refusedBy.clear();
      targetLog.taken(target);
    }
  }

  /** The status with what servers say, unless the target itself is in a worse state. */
  TargetStatus over(TargetStatus own) {
    return refused && own.health() == Health.UP ? own.refused(answer) : own;
  }

  TargetDetail detail() {
    Set<String> texts = new LinkedHashSet<>(mended.values());
    return new TargetDetail(
        refused ? new ArrayList<>(refusedBy) : List.of(), "", "", String.join("; ", texts));
  }
}

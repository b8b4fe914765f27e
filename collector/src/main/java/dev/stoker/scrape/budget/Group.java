package dev.stoker.scrape.budget;

import dev.stoker.scrape.target.Budget;
import dev.stoker.scrape.target.StableHash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The processes that share one budget, and who of them has a turn. */
final class Group {
  /** One process; it may be discovered as several targets. */
  static final class Process {
    private final long hash;
    private int targets;
    private boolean chosen;

    private Process(long hash) {
      this.hash = hash;
    }

    boolean isChosen() {
      return chosen;
    }
  }

  private final String name;
  private final Map<String, Process> processes = new HashMap<>();
  private boolean changed;
  private int chosen;
  private String why = "";

  /**
   * @param name for people, such as <code>service_name="shop"</code>; "" = all of a component
   */
  Group(String name) {
    this.name = name;
  }

  /** One target more. */
  Process add(String process) {
    Process known = processes.get(process);
    if (known == null) {
      changed = true;
      known = new Process(StableHash.of(process));
      processes.put(process, known);
    }
    known.targets++;
    return known;
  }

  /** One target less. */
  void remove(String process) {
    Process known = processes.get(process);
    if (known != null && --known.targets == 0) {
      changed = true;
      processes.remove(process);
    }
  }

  boolean isEmpty() {
    return processes.isEmpty();
  }

  /** Some have to wait for their turn. */
  boolean isOver() {
    return chosen < processes.size();
  }

  int chosen() {
    return chosen;
  }

  int leftOut() {
    return processes.size() - chosen;
  }

  boolean waits(String process) {
    Process known = processes.get(process);
    return known != null && !known.chosen;
  }

  int share() {
    return Share.of(chosen, processes.size());
  }

  /** Why a process is left out, the same text for all of them. */
  String why() {
    return why;
  }

  /** A group that fits is looked at only when it has changed. */
  void choose(Budget budget, Turns turns, long nowMillis) {
    if (!changed && !isOver()) {
      return;
    }
    changed = false;
    List<Process> all = new ArrayList<>(processes.values());
    long[] hashes = all.stream().mapToLong(one -> one.hash).toArray();
    BitSet turn = turns.choose(hashes, budget.of(hashes.length), nowMillis);
    for (int i = 0; i < hashes.length; i++) {
      all.get(i).chosen = turn.get(i);
    }
    chosen = turn.cardinality();
    why = isOver() ? explain(budget) : "";
  }

  private String explain(Budget budget) {
    return chosen
        + " of "
        + processes.size()
        + " targets "
        + (name.isEmpty() ? "of the component" : "with " + name)
        + " are scraped at a time ("
        + budget.written()
        + "); "
        + (budget.rotate().isZero()
            ? "it gets no turn while these are there (rotate = 0)"
            : "turns change every " + budget.rotate().toSeconds() + "s");
  }
}

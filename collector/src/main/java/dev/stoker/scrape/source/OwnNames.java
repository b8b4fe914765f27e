package dev.stoker.scrape.source;

import java.util.HashSet;
import java.util.Set;

/**
 * Names of the recordings that this Stoker starts, so that it finds its own again after it was
 * killed, and only its own: <code>stoker-INSTANCE-LIFE-NUMBER</code>. The instance stays with the
 * storage folder, the life is one run of the daemon.
 */
public final class OwnNames {
  /** The prefix that the JDK puts before the name of a clone. */
  private static final String CLONE = "Clone of ";

  private final String instance;
  private final String life;
  private final Set<String> active = new HashSet<>();
  private long last;

  /**
   * @param instance letters and digits, the same in every life
   * @param life letters and digits, different in every life
   */
  public OwnNames(String instance, String life) {
    this.instance = "stoker-" + instance + "-";
    this.life = life;
  }

  /** A name that is in use until {@link #ended}. */
  public String next() {
    String name = instance + life + "-" + ++last;
    active.add(name);
    return name;
  }

  public void ended(String name) {
    active.remove(name);
  }

  /** One of ours, or a clone of one, that nobody uses any more. */
  public boolean isLeftover(String name) {
    String own = name.startsWith(CLONE) ? name.substring(CLONE.length()) : name;
    return own.startsWith(instance) && !active.contains(own);
  }

  public static String cloneOf(String name) {
    return CLONE + name;
  }
}

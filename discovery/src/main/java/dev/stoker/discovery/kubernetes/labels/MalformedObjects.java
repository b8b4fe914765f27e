package dev.stoker.discovery.kubernetes.labels;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs an object of the API that makes no sense once, and again only when it fails in another way:
 * an object with a hole may change every second. Each discovery has its own, of objects of one
 * kind. Not thread-safe.
 */
public final class MalformedObjects {
  private static final Logger log = LoggerFactory.getLogger(MalformedObjects.class);

  /** Of more objects than that, the first ones are forgotten. */
  private static final int MOST = 1_000;

  private final Map<String, String> known = new LinkedHashMap<>();

  /**
   * An object gives no target.
   *
   * @param key of the object, among those of its kind
   */
  void found(String kind, String key, RuntimeException error) {
    String text = error.toString();
    if (text.equals(known.put(key, text))) {
      return;
    }
    if (known.size() > MOST) {
      known.remove(known.keySet().iterator().next());
    }
    log.atWarn()
        .addKeyValue("object", kind + " " + key)
        .addKeyValue("error", error)
        .log("an object of the API makes no sense and gives no target");
  }

  /** An object makes sense, or is gone. */
  public void forget(String key) {
    known.remove(key);
  }
}

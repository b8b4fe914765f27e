package dev.stoker.config;

import com.typesafe.config.ConfigObject;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.WriteConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The table of component kinds: walks <code>kind.name.label</code> and calls each kind's reader.
 */
final class ComponentReader {
  /** Kinds that exist; a new one is a line here and its case in {@link #read}. */
  static final List<List<String>> KINDS =
      List.of(
          List.of("pyroscope", "scrape"),
          List.of("pyroscope", "write"),
          List.of("stoker", "store"));

  /** Kinds of Alloy that people bring along. */
  private static final Set<String> NOT_YET =
      Set.of("relabel", "java", "ebpf", "receive_http", "enrich");

  private static final Set<String> DAEMON = Set.of("http", "storage", "log", "reload");

  private final Problems problems;
  private final References references = new References();
  private final List<ScrapeConfig> scrapes = new ArrayList<>();
  private final List<WriteConfig> writes = new ArrayList<>();
  private final List<StoreConfig> stores = new ArrayList<>();

  ComponentReader(Problems problems) {
    this.problems = problems;
  }

  LoadedConfig read(ConfigObject object) {
    Node root = new Node(object, "", problems);
    root.has("vars"); // a free place for values that substitutions refer to
    if (root.has("discovery")) {
      root.error("discovery", "components are not supported in this version; list the targets");
    }
    Node pyroscope = root.object("pyroscope");
    if (pyroscope != null) {
      labels(pyroscope, "scrape", this::scrape);
      labels(pyroscope, "write", this::write);
      for (String kind : NOT_YET) {
        if (pyroscope.keys().contains(kind) && pyroscope.has(kind)) {
          pyroscope.error(kind, "is not supported in this version; take it out");
        }
      }
      pyroscope.finish();
    }
    Node stoker = root.object("stoker");
    if (stoker != null) {
      labels(stoker, "store", this::store);
    }
    DaemonConfig daemon = DaemonReader.read(stoker);
    if (stoker != null) {
      DAEMON.forEach(stoker::has);
      stoker.finish();
    }
    root.finish();
    if (scrapes.isEmpty() && problems.none()) {
      problems.error(
          object.origin(), "", "nothing to scrape: write at least one pyroscope.scrape component");
    }
    references.check(problems);
    return new LoadedConfig(daemon, scrapes, writes, stores);
  }

  private void scrape(Node node, String id) {
    scrapes.add(new ScrapeReader(problems, references).read(node, id));
  }

  private void write(Node node, String id) {
    references.export(id, "receiver", References.Type.RECEIVER);
    writes.add(new Endpoints(problems).read(node, id));
  }

  private void store(Node node, String id) {
    references.export(id, "receiver", References.Type.RECEIVER);
    stores.add(DaemonReader.store(node, id));
  }

  private void labels(Node parent, String kind, BiConsumer<Node, String> reader) {
    Node labels = parent.object(kind);
    if (labels == null) {
      return;
    }
    for (String label : labels.keys()) {
      if (!label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        labels.error(label, "is no valid label of a component; use letters, digits and _");
        continue;
      }
      Node component = labels.object(label);
      if (component != null) {
        reader.accept(component, component.path());
      }
    }
  }
}

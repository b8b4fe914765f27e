package dev.stoker.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table of component kinds: a new kind is its reader and one line here. */
final class ComponentKinds {
  private static final List<Export> RECEIVER =
      List.of(new Export("receiver", Export.Type.RECEIVER));

  private static final List<Export> TARGETS = List.of(new Export("targets", Export.Type.TARGETS));

  private static final List<Export> OUTPUT = List.of(new Export("output", Export.Type.TARGETS));

  private static final List<ComponentKind> ALL =
      List.of(
          new ComponentKind("discovery.annotations", OUTPUT, AnnotationsReader::read),
          new ComponentKind("discovery.dns", TARGETS, DiscoveryReaders::dns),
          new ComponentKind("discovery.docker", TARGETS, DiscoveryReaders::docker),
          new ComponentKind("discovery.file", TARGETS, DiscoveryReaders::file),
          new ComponentKind("discovery.http", TARGETS, DiscoveryReaders::http),
          new ComponentKind("discovery.kubelet", TARGETS, DiscoveryReaders::kubelet),
          new ComponentKind("discovery.kubernetes", TARGETS, KubernetesReader::read),
          new ComponentKind("discovery.relabel", OUTPUT, RelabelReader::read),
          new ComponentKind("pyroscope.relabel", RECEIVER, ProfileRelabelReader::read),
          new ComponentKind("pyroscope.scrape", List.of(), ScrapeReader::read),
          new ComponentKind("pyroscope.write", RECEIVER, WriteReader::read),
          new ComponentKind("stoker.store", RECEIVER, StoreReader::read));

  /** Alloy has them, Stoker does not yet. */
  static final Set<String> LATER =
      Set.of(
          "discovery.dockerswarm",
          "discovery.process",
          "pyroscope.ebpf",
          "pyroscope.enrich",
          "pyroscope.java",
          "pyroscope.receive_http");

  static final Map<String, ComponentKind> BY_NAME = byName();

  private static Map<String, ComponentKind> byName() {
    Map<String, ComponentKind> kinds = new LinkedHashMap<>();
    ALL.forEach(kind -> kinds.put(kind.name(), kind));
    return Map.copyOf(kinds);
  }

  private ComponentKinds() {}
}

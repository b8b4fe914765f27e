package dev.stoker.components;

import dev.stoker.component.ComponentKind;
import dev.stoker.discovery.annotations.AnnotationsKind;
import dev.stoker.discovery.dns.DnsKind;
import dev.stoker.discovery.docker.DockerKind;
import dev.stoker.discovery.eureka.EurekaKind;
import dev.stoker.discovery.file.FileKind;
import dev.stoker.discovery.http.HttpKind;
import dev.stoker.discovery.kubelet.KubeletKind;
import dev.stoker.discovery.kubernetes.KubernetesKind;
import dev.stoker.discovery.process.ProcessKind;
import dev.stoker.discovery.relabel.RelabelKind;
import dev.stoker.profile.enrich.EnrichKind;
import dev.stoker.profile.relabel.ProfileRelabelKind;
import dev.stoker.receive.otlp.OtlpReceiveKind;
import dev.stoker.receive.pyroscope.ReceiveKind;
import dev.stoker.scrape.component.ScrapeKind;
import dev.stoker.store.StoreKind;
import dev.stoker.write.otlp.OtlpWriteKind;
import dev.stoker.write.pyroscope.WriteKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table of component kinds: a new kind is its package and one line here. */
public final class ComponentKinds {
  /** In the order in which they start: queues on disk first, as only one daemon may have them. */
  public static final List<ComponentKind<?>> ALL =
      List.of(
          new WriteKind(),
          new OtlpWriteKind(),
          new StoreKind(),
          new ProfileRelabelKind(),
          new EnrichKind(),
          new ScrapeKind(),
          new ReceiveKind(),
          new OtlpReceiveKind(),
          new AnnotationsKind(),
          new DnsKind(),
          new DockerKind(),
          new EurekaKind(),
          new FileKind(),
          new HttpKind(),
          new KubeletKind(),
          new KubernetesKind(),
          new ProcessKind(),
          new RelabelKind());

  /** Alloy has them, Stoker does not yet. */
  public static final Set<String> LATER =
      Set.of("discovery.dockerswarm", "pyroscope.ebpf", "pyroscope.java");

  public static final Map<String, ComponentKind<?>> BY_NAME = byName();

  private static Map<String, ComponentKind<?>> byName() {
    Map<String, ComponentKind<?>> kinds = new LinkedHashMap<>();
    ALL.forEach(kind -> kinds.put(kind.name(), kind));
    return Map.copyOf(kinds);
  }

  private ComponentKinds() {}
}

package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DaemonEndpoint;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeDaemonEndpoints;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressRuleValue;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects of the API with the fields alone that labels are made of: most of a pod's 20 KB is
 * volumes, environment, probes and who changed which field, and is passed over while parsing. An
 * object that was changed in something else is then equal to what it was before.
 */
public final class Trim {
  /** What of each class is read; of other classes everything. */
  private static final Map<Class<?>, Set<String>> USED =
      Map.ofEntries(
          Map.entry(
              ObjectMeta.class,
              Set.of(
                  "name",
                  "namespace",
                  "uid",
                  "labels",
                  "annotations",
                  "ownerReferences",
                  "resourceVersion")),
          Map.entry(OwnerReference.class, Set.of("kind", "name", "controller")),
          Map.entry(ObjectReference.class, Set.of("kind", "name", "namespace")),
          Map.entry(Pod.class, Set.of("metadata", "spec", "status")),
          Map.entry(PodSpec.class, Set.of("nodeName", "containers", "initContainers")),
          Map.entry(Container.class, Set.of("name", "image", "ports", "restartPolicy")),
          Map.entry(ContainerPort.class, Set.of("name", "containerPort", "protocol")),
          Map.entry(
              PodStatus.class,
              Set.of(
                  "podIP",
                  "hostIP",
                  "phase",
                  "conditions",
                  "containerStatuses",
                  "initContainerStatuses")),
          Map.entry(PodCondition.class, Set.of("type", "status")),
          Map.entry(ContainerStatus.class, Set.of("name", "containerID")),
          Map.entry(Node.class, Set.of("metadata", "spec", "status")),
          Map.entry(NodeSpec.class, Set.of("providerID")),
          Map.entry(NodeStatus.class, Set.of("addresses", "daemonEndpoints")),
          Map.entry(NodeAddress.class, Set.of("type", "address")),
          Map.entry(NodeDaemonEndpoints.class, Set.of("kubeletEndpoint")),
          Map.entry(DaemonEndpoint.class, Set.of("Port")),
          Map.entry(Service.class, Set.of("metadata", "spec")),
          Map.entry(
              ServiceSpec.class,
              Set.of(
                  "type",
                  "externalName",
                  "clusterIP",
                  "loadBalancerIP",
                  "ports",
                  "ipFamilyPolicy",
                  "ipFamilies")),
          Map.entry(ServicePort.class, Set.of("name", "port", "protocol")),
          Map.entry(Endpoints.class, Set.of("metadata", "subsets")),
          Map.entry(EndpointSubset.class, Set.of("addresses", "notReadyAddresses", "ports")),
          Map.entry(EndpointAddress.class, Set.of("ip", "hostname", "nodeName", "targetRef")),
          Map.entry(
              io.fabric8.kubernetes.api.model.EndpointPort.class,
              Set.of("name", "port", "protocol")),
          Map.entry(EndpointSlice.class, Set.of("metadata", "addressType", "endpoints", "ports")),
          Map.entry(
              Endpoint.class,
              Set.of(
                  "addresses",
                  "conditions",
                  "hostname",
                  "nodeName",
                  "zone",
                  "targetRef",
                  "deprecatedTopology")),
          Map.entry(EndpointConditions.class, Set.of("ready", "serving", "terminating")),
          Map.entry(
              io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort.class,
              Set.of("name", "port", "protocol", "appProtocol")),
          Map.entry(Ingress.class, Set.of("metadata", "spec")),
          Map.entry(IngressSpec.class, Set.of("ingressClassName", "rules", "tls")),
          Map.entry(IngressRule.class, Set.of("host", "http")),
          Map.entry(HTTPIngressRuleValue.class, Set.of("paths")),
          Map.entry(HTTPIngressPath.class, Set.of("path")),
          Map.entry(IngressTLS.class, Set.of("hosts")),
          Map.entry(Namespace.class, Set.of("metadata")));

  /** Measured, without texts. */
  private static final long OBJECT = 1_000;

  private static final long CONTAINER = 800;
  private static final long ADDRESS = 500;
  private static final long ENTRY = 100;

  private Trim() {}

  /** A written <code>null</code>, in place of something or in a list, is nothing. */
  public static ObjectMapper mapper() {
    SimpleModule module = new SimpleModule();
    module.addDeserializer(String.class, new SharedStrings());
    module.setDeserializerModifier(new UsedFields());
    return new ObjectMapper()
        .registerModule(module)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .setDefaultSetterInfo(JsonSetter.Value.construct(Nulls.SKIP, Nulls.SKIP));
  }

  /**
   * Takes out what still is in an object and changes without a label's change.
   *
   * @return its resourceVersion, "" = none
   */
  public static String versionOf(HasMetadata object) {
    ObjectMeta meta = object.getMetadata();
    if (meta == null) {
      object.setMetadata(new ObjectMeta());
      return "";
    }
    String version = meta.getResourceVersion() == null ? "" : meta.getResourceVersion();
    meta.setResourceVersion(null);
    if (object instanceof Pod pod && pod.getStatus() != null) {
      List<PodCondition> ready =
          pod.getStatus().getConditions().stream()
              .filter(condition -> "Ready".equals(condition.getType()))
              .toList();
      pod.getStatus().setConditions(ready);
    }
    return version;
  }

  /** About how many bytes of the heap an object that was read here takes. */
  public static long weight(HasMetadata object) {
    ObjectMeta meta = object.getMetadata();
    long bytes = OBJECT;
    if (meta != null) {
      bytes += weight(meta.getLabels()) + weight(meta.getAnnotations());
    }
    if (object instanceof Pod pod && pod.getSpec() != null) {
      bytes += CONTAINER * (pod.getSpec().getContainers().size() + 1L);
    } else if (object instanceof Endpoints endpoints) {
      for (EndpointSubset subset : endpoints.getSubsets()) {
        bytes += ADDRESS * (subset.getAddresses().size() + subset.getNotReadyAddresses().size());
      }
    } else if (object instanceof EndpointSlice slice) {
      bytes += ADDRESS * slice.getEndpoints().size();
    }
    return bytes;
  }

  private static long weight(@Nullable Map<String, String> texts) {
    long bytes = 0;
    if (texts != null) {
      for (String value : texts.values()) {
        bytes += ENTRY + (value == null ? 0 : value.length());
      }
    }
    return bytes;
  }

  /** Jackson builds nothing for a field that is not there for it, and passes over what it holds. */
  private static final class UsedFields extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public List<BeanPropertyDefinition> updateProperties(
        DeserializationConfig config,
        BeanDescription description,
        List<BeanPropertyDefinition> properties) {
      Set<String> used = USED.get(description.getBeanClass());
      return used == null
          ? properties
          : properties.stream().filter(property -> used.contains(property.getName())).toList();
    }

    @Override
    public BeanDeserializerBuilder updateBuilder(
        DeserializationConfig config,
        BeanDescription description,
        BeanDeserializerBuilder builder) {
      if (USED.containsKey(description.getBeanClass())) {
        builder.setAnySetter(null);
      }
      return builder;
    }
  }
}

package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads objects of the API with the fields alone that labels are made of: most of a pod's 20 KB is
 * volumes, environment, probes and who changed which field, and is passed over while parsing. An
 * object that was changed in something else is then equal to what it was before. Written out by
 * hand, because a mapper that finds its way by reflection costs a process half a second at its
 * start. A written <code>null</code>, in place of something or in a list, is nothing.
 */
public final class ObjectReader {
  /**
   * What was read.
   *
   * @param object without its version, which changes without a label's change
   * @param version "" = none
   */
  public record Read(HasMetadata object, String version) {}

  private final Fields fields = new Fields();

  /**
   * @param json at the first token of the object
   * @throws OddShapeException something in it is not of the kind that the API has there
   */
  public Read read(Kind kind, JsonParser json) throws IOException {
    Fields.Place place = Fields.place(json);
    try {
      HasMetadata object =
          switch (kind) {
            case POD -> pod(json);
            case NODE -> NodeReader.read(json, fields, this);
            case SERVICE -> ServiceReader.service(json, fields, this);
            case ENDPOINTS -> ServiceReader.endpoints(json, fields, this);
            case ENDPOINTSLICE -> SliceReader.read(json, fields, this);
            case INGRESS -> IngressReader.read(json, fields, this);
            case NAMESPACE -> namespace(json);
          };
      return read(object);
    } catch (Fields.Odd odd) {
      throw new OddShapeException(place.to(json));
    }
  }

  private static Read read(HasMetadata object) {
    ObjectMeta meta = object.getMetadata();
    if (meta == null) {
      object.setMetadata(new ObjectMeta());
      return new Read(object, "");
    }
    String version = meta.getResourceVersion();
    meta.setResourceVersion(null);
    return new Read(object, version == null ? "" : version);
  }

  /** The metadata of an object of any kind, without labels and annotations. */
  public ObjectMeta names(JsonParser json) throws IOException {
    Fields.Place place = Fields.place(json);
    ObjectMeta names = new ObjectMeta();
    try {
      fields.each(
          json,
          (name, value) -> {
            if (name.equals("metadata")) {
              fields.each(value, (field, text) -> name(names, field, text));
            } else {
              value.skipChildren();
            }
          });
      return names;
    } catch (Fields.Odd odd) {
      throw new OddShapeException(place.to(json));
    }
  }

  private void name(ObjectMeta meta, String field, JsonParser json) throws IOException {
    switch (field) {
      case "name" -> meta.setName(fields.text(json));
      case "namespace" -> meta.setNamespace(fields.text(json));
      case "resourceVersion" -> meta.setResourceVersion(fields.once(json));
      default -> json.skipChildren();
    }
  }

  ObjectMeta meta(JsonParser json) throws IOException {
    ObjectMeta meta = new ObjectMeta();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "uid" -> meta.setUid(fields.once(value));
            case "labels" -> meta.setLabels(fields.texts(value));
            case "annotations" -> meta.setAnnotations(fields.texts(value));
            case "ownerReferences" -> meta.setOwnerReferences(fields.list(value, this::owner));
            default -> name(meta, name, value);
          }
        });
    return meta;
  }

  private OwnerReference owner(JsonParser json) throws IOException {
    OwnerReference owner = new OwnerReference();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "kind" -> owner.setKind(fields.text(value));
            case "name" -> owner.setName(fields.text(value));
            case "controller" -> owner.setController(fields.flag(value));
            default -> value.skipChildren();
          }
        });
    return owner;
  }

  private Namespace namespace(JsonParser json) throws IOException {
    Namespace namespace = new Namespace();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("metadata")) {
            namespace.setMetadata(meta(value));
          } else {
            value.skipChildren();
          }
        });
    return namespace;
  }

  private Pod pod(JsonParser json) throws IOException {
    Pod pod = new Pod();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> pod.setMetadata(meta(value));
            case "spec" -> pod.setSpec(podSpec(value));
            case "status" -> pod.setStatus(podStatus(value));
            default -> value.skipChildren();
          }
        });
    return pod;
  }

  private PodSpec podSpec(JsonParser json) throws IOException {
    PodSpec spec = new PodSpec();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "nodeName" -> spec.setNodeName(fields.text(value));
            case "containers" -> spec.setContainers(fields.list(value, this::container));
            case "initContainers" -> spec.setInitContainers(fields.list(value, this::container));
            default -> value.skipChildren();
          }
        });
    return spec;
  }

  private Container container(JsonParser json) throws IOException {
    Container container = new Container();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> container.setName(fields.text(value));
            case "image" -> container.setImage(fields.text(value));
            case "restartPolicy" -> container.setRestartPolicy(fields.text(value));
            case "ports" -> container.setPorts(fields.list(value, this::containerPort));
            default -> value.skipChildren();
          }
        });
    return container;
  }

  private ContainerPort containerPort(JsonParser json) throws IOException {
    ContainerPort port = new ContainerPort();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> port.setName(fields.text(value));
            case "containerPort" -> port.setContainerPort(fields.number(value));
            case "protocol" -> port.setProtocol(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return port;
  }

  private PodStatus podStatus(JsonParser json) throws IOException {
    PodStatus status = new PodStatus();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "podIP" -> status.setPodIP(fields.once(value));
            case "hostIP" -> status.setHostIP(fields.text(value));
            case "phase" -> status.setPhase(fields.text(value));
            case "conditions" -> status.setConditions(ready(value));
            case "containerStatuses" ->
                status.setContainerStatuses(fields.list(value, this::containerStatus));
            case "initContainerStatuses" ->
                status.setInitContainerStatuses(fields.list(value, this::containerStatus));
            default -> value.skipChildren();
          }
        });
    return status;
  }

  /** The one condition that is in a label. */
  private List<PodCondition> ready(JsonParser json) throws IOException {
    List<PodCondition> ready = new ArrayList<>(1);
    for (PodCondition condition : fields.list(json, this::condition)) {
      if ("Ready".equals(condition.getType())) {
        ready.add(condition);
      }
    }
    return ready;
  }

  private PodCondition condition(JsonParser json) throws IOException {
    PodCondition condition = new PodCondition();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "type" -> condition.setType(fields.text(value));
            case "status" -> condition.setStatus(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return condition;
  }

  private ContainerStatus containerStatus(JsonParser json) throws IOException {
    ContainerStatus status = new ContainerStatus();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> status.setName(fields.text(value));
            case "containerID" -> status.setContainerID(fields.once(value));
            default -> value.skipChildren();
          }
        });
    return status;
  }
}

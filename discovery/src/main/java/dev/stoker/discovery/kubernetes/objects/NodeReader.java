package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.DaemonEndpoint;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeDaemonEndpoints;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.io.IOException;

/** Reads nodes. */
final class NodeReader {
  private NodeReader() {}

  static Node read(JsonParser json, Fields fields, ObjectReader objects) throws IOException {
    Node node = new Node();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> node.setMetadata(objects.meta(value));
            case "spec" -> node.setSpec(spec(value, fields));
            case "status" -> node.setStatus(status(value, fields));
            default -> value.skipChildren();
          }
        });
    return node;
  }

  private static NodeSpec spec(JsonParser json, Fields fields) throws IOException {
    NodeSpec spec = new NodeSpec();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("providerID")) {
            spec.setProviderID(fields.once(value));
          } else {
            value.skipChildren();
          }
        });
    return spec;
  }

  private static NodeStatus status(JsonParser json, Fields fields) throws IOException {
    NodeStatus status = new NodeStatus();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "addresses" ->
                status.setAddresses(fields.list(value, element -> address(element, fields)));
            case "daemonEndpoints" -> status.setDaemonEndpoints(endpoints(value, fields));
            default -> value.skipChildren();
          }
        });
    return status;
  }

  private static NodeAddress address(JsonParser json, Fields fields) throws IOException {
    NodeAddress address = new NodeAddress();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "type" -> address.setType(fields.text(value));
            case "address" -> address.setAddress(fields.once(value));
            default -> value.skipChildren();
          }
        });
    return address;
  }

  private static NodeDaemonEndpoints endpoints(JsonParser json, Fields fields) throws IOException {
    NodeDaemonEndpoints endpoints = new NodeDaemonEndpoints();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("kubeletEndpoint")) {
            DaemonEndpoint kubelet = new DaemonEndpoint();
            fields.each(value, (field, port) -> port(kubelet, field, port, fields));
            endpoints.setKubeletEndpoint(kubelet);
          } else {
            value.skipChildren();
          }
        });
    return endpoints;
  }

  private static void port(DaemonEndpoint kubelet, String field, JsonParser json, Fields fields)
      throws IOException {
    if (field.equals("Port")) {
      kubelet.setPort(fields.number(json));
    } else {
      json.skipChildren();
    }
  }
}

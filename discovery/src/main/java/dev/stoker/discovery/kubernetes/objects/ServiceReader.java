package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.io.IOException;

/** Reads services and their endpoints. */
final class ServiceReader {
  private ServiceReader() {}

  static Service service(JsonParser json, Fields fields, ObjectReader objects) throws IOException {
    Service service = new Service();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> service.setMetadata(objects.meta(value));
            case "spec" -> service.setSpec(spec(value, fields));
            default -> value.skipChildren();
          }
        });
    return service;
  }

  private static ServiceSpec spec(JsonParser json, Fields fields) throws IOException {
    ServiceSpec spec = new ServiceSpec();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "type" -> spec.setType(fields.text(value));
            case "externalName" -> spec.setExternalName(fields.once(value));
            case "clusterIP" -> spec.setClusterIP(fields.once(value));
            case "loadBalancerIP" -> spec.setLoadBalancerIP(fields.once(value));
            case "ports" ->
                spec.setPorts(fields.list(value, element -> servicePort(element, fields)));
            case "ipFamilyPolicy" -> spec.setIpFamilyPolicy(fields.text(value));
            case "ipFamilies" -> spec.setIpFamilies(fields.list(value, fields::text));
            default -> value.skipChildren();
          }
        });
    return spec;
  }

  private static ServicePort servicePort(JsonParser json, Fields fields) throws IOException {
    ServicePort port = new ServicePort();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> port.setName(fields.text(value));
            case "port" -> port.setPort(fields.number(value));
            case "protocol" -> port.setProtocol(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return port;
  }

  static Endpoints endpoints(JsonParser json, Fields fields, ObjectReader objects)
      throws IOException {
    Endpoints endpoints = new Endpoints();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> endpoints.setMetadata(objects.meta(value));
            case "subsets" ->
                endpoints.setSubsets(fields.list(value, element -> subset(element, fields)));
            default -> value.skipChildren();
          }
        });
    return endpoints;
  }

  private static EndpointSubset subset(JsonParser json, Fields fields) throws IOException {
    EndpointSubset subset = new EndpointSubset();
    Fields.Element<EndpointAddress> address = element -> address(element, fields);
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "addresses" -> subset.setAddresses(fields.list(value, address));
            case "notReadyAddresses" -> subset.setNotReadyAddresses(fields.list(value, address));
            case "ports" ->
                subset.setPorts(fields.list(value, element -> endpointPort(element, fields)));
            default -> value.skipChildren();
          }
        });
    return subset;
  }

  private static EndpointAddress address(JsonParser json, Fields fields) throws IOException {
    EndpointAddress address = new EndpointAddress();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "ip" -> address.setIp(fields.once(value));
            case "hostname" -> address.setHostname(fields.once(value));
            case "nodeName" -> address.setNodeName(fields.text(value));
            case "targetRef" -> address.setTargetRef(reference(value, fields));
            default -> value.skipChildren();
          }
        });
    return address;
  }

  private static EndpointPort endpointPort(JsonParser json, Fields fields) throws IOException {
    EndpointPort port = new EndpointPort();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> port.setName(fields.text(value));
            case "port" -> port.setPort(fields.number(value));
            case "protocol" -> port.setProtocol(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return port;
  }

  static ObjectReference reference(JsonParser json, Fields fields) throws IOException {
    ObjectReference reference = new ObjectReference();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "kind" -> reference.setKind(fields.text(value));
            case "name" -> reference.setName(fields.text(value));
            case "namespace" -> reference.setNamespace(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return reference;
  }
}

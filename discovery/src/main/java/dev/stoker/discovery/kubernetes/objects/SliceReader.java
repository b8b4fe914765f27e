package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.io.IOException;

/** Reads endpoint slices. */
final class SliceReader {
  private SliceReader() {}

  static EndpointSlice read(JsonParser json, Fields fields, ObjectReader objects)
      throws IOException {
    EndpointSlice slice = new EndpointSlice();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> slice.setMetadata(objects.meta(value));
            case "addressType" -> slice.setAddressType(fields.text(value));
            case "endpoints" ->
                slice.setEndpoints(fields.list(value, element -> endpoint(element, fields)));
            case "ports" -> slice.setPorts(fields.list(value, element -> port(element, fields)));
            default -> value.skipChildren();
          }
        });
    return slice;
  }

  private static Endpoint endpoint(JsonParser json, Fields fields) throws IOException {
    Endpoint endpoint = new Endpoint();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "addresses" -> endpoint.setAddresses(fields.list(value, fields::once));
            case "conditions" -> endpoint.setConditions(conditions(value, fields));
            case "hostname" -> endpoint.setHostname(fields.once(value));
            case "nodeName" -> endpoint.setNodeName(fields.text(value));
            case "zone" -> endpoint.setZone(fields.text(value));
            case "targetRef" -> endpoint.setTargetRef(ServiceReader.reference(value, fields));
            case "deprecatedTopology" -> endpoint.setDeprecatedTopology(fields.texts(value));
            default -> value.skipChildren();
          }
        });
    return endpoint;
  }

  private static EndpointConditions conditions(JsonParser json, Fields fields) throws IOException {
    EndpointConditions conditions = new EndpointConditions();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "ready" -> conditions.setReady(fields.flag(value));
            case "serving" -> conditions.setServing(fields.flag(value));
            case "terminating" -> conditions.setTerminating(fields.flag(value));
            default -> value.skipChildren();
          }
        });
    return conditions;
  }

  private static EndpointPort port(JsonParser json, Fields fields) throws IOException {
    EndpointPort port = new EndpointPort();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "name" -> port.setName(fields.text(value));
            case "port" -> port.setPort(fields.number(value));
            case "protocol" -> port.setProtocol(fields.text(value));
            case "appProtocol" -> port.setAppProtocol(fields.text(value));
            default -> value.skipChildren();
          }
        });
    return port;
  }
}

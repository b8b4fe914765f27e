package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressRuleValue;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.io.IOException;

/** Reads ingresses. */
final class IngressReader {
  private IngressReader() {}

  static Ingress read(JsonParser json, Fields fields, ObjectReader objects) throws IOException {
    Ingress ingress = new Ingress();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "metadata" -> ingress.setMetadata(objects.meta(value));
            case "spec" -> ingress.setSpec(spec(value, fields));
            default -> value.skipChildren();
          }
        });
    return ingress;
  }

  private static IngressSpec spec(JsonParser json, Fields fields) throws IOException {
    IngressSpec spec = new IngressSpec();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "ingressClassName" -> spec.setIngressClassName(fields.text(value));
            case "rules" -> spec.setRules(fields.list(value, element -> rule(element, fields)));
            case "tls" -> spec.setTls(fields.list(value, element -> tls(element, fields)));
            default -> value.skipChildren();
          }
        });
    return spec;
  }

  private static IngressRule rule(JsonParser json, Fields fields) throws IOException {
    IngressRule rule = new IngressRule();
    fields.each(
        json,
        (name, value) -> {
          switch (name) {
            case "host" -> rule.setHost(fields.once(value));
            case "http" -> rule.setHttp(http(value, fields));
            default -> value.skipChildren();
          }
        });
    return rule;
  }

  private static HTTPIngressRuleValue http(JsonParser json, Fields fields) throws IOException {
    HTTPIngressRuleValue http = new HTTPIngressRuleValue();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("paths")) {
            http.setPaths(fields.list(value, element -> path(element, fields)));
          } else {
            value.skipChildren();
          }
        });
    return http;
  }

  private static HTTPIngressPath path(JsonParser json, Fields fields) throws IOException {
    HTTPIngressPath path = new HTTPIngressPath();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("path")) {
            path.setPath(fields.once(value));
          } else {
            value.skipChildren();
          }
        });
    return path;
  }

  private static IngressTLS tls(JsonParser json, Fields fields) throws IOException {
    IngressTLS tls = new IngressTLS();
    fields.each(
        json,
        (name, value) -> {
          if (name.equals("hosts")) {
            tls.setHosts(fields.list(value, fields::once));
          } else {
            value.skipChildren();
          }
        });
    return tls;
  }
}

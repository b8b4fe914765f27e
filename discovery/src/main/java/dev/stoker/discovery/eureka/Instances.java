package dev.stoker.discovery.eureka;

import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the answer to <code>GET /eureka/apps</code>: meta labels and addresses are those of
 * Prometheus' eureka_sd_config (its documentation, and Eureka's REST operations). Entities and
 * document types are refused. Pure.
 */
final class Instances {
  private static final String APP = "__meta_eureka_app_name";
  private static final String META = "__meta_eureka_app_instance_";

  /** Prometheus' default for an instance that says no port. */
  private static final String DEFAULT_PORT = "80";

  private final XMLStreamReader xml;
  private final List<TargetGroup> groups = new ArrayList<>();

  private Instances(XMLStreamReader xml) {
    this.xml = xml;
  }

  /** A group for each application, in the order of the answer. */
  static List<TargetGroup> groups(byte[] answer) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    XMLStreamReader xml = factory.createXMLStreamReader(new ByteArrayInputStream(answer));
    try {
      Instances instances = new Instances(xml);
      instances.applications();
      return List.copyOf(instances.groups);
    } finally {
      xml.close();
    }
  }

  private void applications() throws XMLStreamException {
    if (!xml.hasNext() || xml.nextTag() != XMLStreamConstants.START_ELEMENT) {
      throw new XMLStreamException("it is empty");
    }
    xml.require(XMLStreamConstants.START_ELEMENT, null, "applications");
    while (nextChild()) {
      if (xml.getLocalName().equals("application")) {
        application();
      } else {
        skip();
      }
    }
  }

  private void application() throws XMLStreamException {
    String name = "";
    List<Labels.Builder> instances = new ArrayList<>();
    while (nextChild()) {
      switch (xml.getLocalName()) {
        case "name" -> name = text();
        case "instance" -> instances.add(instance());
        default -> skip();
      }
    }
    String app = name;
    groups.add(
        new TargetGroup(
            app.isEmpty() ? "application " + groups.size() : app,
            instances.stream().map(labels -> labels.set(APP, app).build()).toList()));
  }

  private Labels.Builder instance() throws XMLStreamException {
    Labels.Builder labels = Labels.empty().toBuilder();
    String host = "";
    String port = DEFAULT_PORT;
    while (nextChild()) {
      switch (xml.getLocalName()) {
        case "instanceId" -> {
          String id = text();
          labels.set(META + "id", id).set("instance", id);
        }
        case "hostName" -> {
          host = text();
          labels.set(META + "hostname", host);
        }
        case "homePageUrl" -> labels.set(META + "homepage_url", text());
        case "statusPageUrl" -> labels.set(META + "statuspage_url", text());
        case "healthCheckUrl" -> labels.set(META + "healthcheck_url", text());
        case "ipAddr" -> labels.set(META + "ip_addr", text());
        case "vipAddress" -> labels.set(META + "vip_address", text());
        case "secureVipAddress" -> labels.set(META + "secure_vip_address", text());
        case "status" -> labels.set(META + "status", text());
        case "countryId" -> labels.set(META + "country_id", text());
        case "port" -> port = port(labels, "port");
        case "securePort" -> port(labels, "secure_port");
        case "dataCenterInfo" -> dataCenter(labels);
        case "metadata" -> metadata(labels, META + "metadata_");
        default -> skip();
      }
    }
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return labels.set(LabelNames.ADDRESS, shown + ":" + port);
  }

  private String port(Labels.Builder labels, String name) throws XMLStreamException {
    String enabled = xml.getAttributeValue(null, "enabled");
    String port = text();
    labels.set(META + name, port);
    labels.set(META + name + "_enabled", enabled == null ? "" : enabled);
    return port;
  }

  private void dataCenter(Labels.Builder labels) throws XMLStreamException {
    while (nextChild()) {
      switch (xml.getLocalName()) {
        case "name" -> labels.set(META + "datacenterinfo_name", text());
        case "metadata" -> metadata(labels, META + "datacenterinfo_metadata_");
        default -> skip();
      }
    }
  }

  private void metadata(Labels.Builder labels, String prefix) throws XMLStreamException {
    while (nextChild()) {
      String name = xml.getLocalName().replaceAll("[^a-zA-Z0-9_]", "_");
      labels.set(prefix + name, text());
    }
  }

  /** Goes to the next element in the current one; false at the current one's end. */
  private boolean nextChild() throws XMLStreamException {
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        return true;
      }
      if (event == XMLStreamConstants.END_ELEMENT) {
        return false;
      }
    }
    throw new XMLStreamException("it ends within an element");
  }

  /** The text of an element, without that of elements in it. */
  private String text() throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
      } else if (event == XMLStreamConstants.END_ELEMENT && depth-- == 0) {
        return text.toString().strip();
      } else if (event == XMLStreamConstants.CHARACTERS && depth == 0) {
        text.append(xml.getText());
      }
    }
    throw new XMLStreamException("it ends within an element");
  }

  private void skip() throws XMLStreamException {
    text();
  }
}

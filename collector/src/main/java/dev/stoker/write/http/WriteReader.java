package dev.stoker.write.http;

import dev.stoker.component.References;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Texts;
import dev.stoker.schema.Unresolved;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The block of a component that delivers over HTTP. */
public final class WriteReader {
  private final EndpointForm form;

  /**
   * @param form of its endpoints
   */
  public WriteReader(EndpointForm form) {
    this.form = form;
  }

  public WriteConfig read(String id, Args args) {
    Labels labels =
        args.get(
            "external_labels",
            Labels.empty(),
            Converter.of("block of texts", WriteReader::externalLabels));
    List<EndpointConfig> endpoints = endpoints(args);
    args.finish();
    return new WriteConfig(id, labels, endpoints);
  }

  private static @Nullable Labels externalLabels(Node node) {
    if (Args.of(node) == null) {
      return null;
    }
    Map<String, String> labels = References.labels(node);
    node.children()
        .forEach(
            child -> {
              if (LabelNames.isPrivate(child.getKey())) {
                child.getValue().error("names with __ in front are never sent; rename the label");
              } else if (labels.getOrDefault(child.getKey(), "-").isEmpty()) {
                child.getValue().warn("is empty and has no effect: an empty label is no label");
              }
            });
    return Labels.of(labels);
  }

  private List<EndpointConfig> endpoints(Args args) {
    args.declareBlocks("endpoints", "endpoint", block -> EndpointReader.read(block, form));
    Node one = args.node("endpoint");
    Node many = args.node("endpoints");
    if (one != null && many != null) {
      many.error("endpoint and endpoints are both given; write all of them in endpoints = [ … ]");
    }
    List<Node> nodes = new ArrayList<>();
    if (one != null) {
      nodes.add(one);
    }
    if (many != null) {
      nodes.addAll(many.elements());
    }
    if (nodes.isEmpty() && !Unresolved.at(args.block().value(), "endpoint")) {
      String key = many == null ? "" : "endpoints";
      args.problem(
          key,
          "has no endpoint, so profiles would be lost; write endpoint { url = \""
              + form.exampleUrl()
              + "\" }");
    }
    return endpoints(nodes);
  }

  private List<EndpointConfig> endpoints(List<Node> nodes) {
    Map<String, Node> names = new HashMap<>();
    List<EndpointConfig> endpoints = new ArrayList<>();
    for (Node node : nodes) {
      Args args = Args.of(node);
      if (args != null) {
        EndpointConfig endpoint = EndpointReader.read(args, form);
        endpoints.add(endpoint);
        Node other = names.putIfAbsent(endpoint.displayName(), node);
        if (other != null && !args.failed("url", "name")) {
          node.error(
              "is shown as \""
                  + Texts.excerpt(endpoint.displayName())
                  + "\" like the one at "
                  + other.place()
                  + "; give each a name of its own");
        }
      }
    }
    return endpoints;
  }
}

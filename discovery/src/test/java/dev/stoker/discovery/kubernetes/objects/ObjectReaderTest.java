package dev.stoker.discovery.kubernetes.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.labels.Groups;
import dev.stoker.discovery.kubernetes.labels.Lookups;
import dev.stoker.discovery.kubernetes.labels.MalformedObjects;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read by hand beside what the client library's mapper makes of the same JSON. */
class ObjectReaderTest {
  private static final String META =
      """
      "metadata":{"name":"web","namespace":"shop","uid":"u-1","resourceVersion":"41","generation":3,
       "labels":{"app":"web","kubernetes.io/service-name":"web","empty":"","n\\u00e4me":"\\"q\\""},
       "annotations":{"a/b":"{\\"json\\":[1]}","gone":null},
       "managedFields":[{"manager":"x","fieldsV1":{"f:metadata":{"f:labels":{}}}}],
       "ownerReferences":[{"kind":"Other","name":"o","controller":false},null,
        {"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1","controller":true}]}""";

  private static final String REF =
      "\"targetRef\":{\"kind\":\"Pod\",\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"x\"}";

  private final ObjectMapper library =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setDefaultSetterInfo(JsonSetter.Value.construct(Nulls.SKIP, Nulls.SKIP));

  private final ObjectReader reader = new ObjectReader();

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsReadByHand_givesTheLabelsThatTheWholeObjectGives(Kind kind) throws Exception {
    Map<Kind, HasMetadata> whole = new EnumMap<>(Kind.class);
    Map<Kind, HasMetadata> byHand = new EnumMap<>(Kind.class);
    for (Kind each : Kind.values()) {
      whole.put(each, library.readValue(json(each), type(each)));
      ObjectReader.Read read = read(each, json(each));
      byHand.put(each, read.object());
      assertThat(read.version()).isEqualTo("41");
    }

    TargetGroup expected = group(kind, whole);
    assertThat(group(kind, byHand)).isEqualTo(expected);
    assertThat(expected.targets().isEmpty()).isEqualTo(kind == Kind.NAMESPACE);
  }

  @Test
  void anObjectThatHasChangedInWhatNoLabelShows_isEqual() throws Exception {
    String pod = json(Kind.POD);
    String probed =
        pod.replace("\"41\"", "\"42\"")
            .replace("\"lastProbeTime\":null", "\"lastProbeTime\":\"2026-01-02T03:04:05Z\"")
            .replace("\"restartCount\":1", "\"restartCount\":2");

    assertThat(probed).isNotEqualTo(pod);
    assertThat(read(Kind.POD, probed).object()).isEqualTo(read(Kind.POD, pod).object());
    assertThat(read(Kind.POD, pod.replace("10.0.0.1", "10.0.0.2")).object())
        .isNotEqualTo(read(Kind.POD, pod).object());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POD | [] | it is not of the shape that the API has",
        "POD | {\"spec\":7} | its field spec is not",
        "POD | {\"spec\":{\"containers\":[{},{\"ports\":{}}]}} | its field spec.containers[1].ports is not",
        "POD | {\"spec\":{\"containers\":[[]]}} | its field spec.containers[0] is not",
        "POD | {\"spec\":{\"containers\":[{\"ports\":[{\"containerPort\":\"http\"}]}]}} | its field spec.containers[0].ports[0].containerPort is not",
        "POD | {\"spec\":{\"containers\":[{\"ports\":[{\"containerPort\":5000000000}]}]}} | its field spec.containers[0].ports[0].containerPort is not",
        "POD | {\"metadata\":{\"labels\":{\"a/b\":{}}}} | its field metadata.labels.a/b is not",
        "POD | {\"metadata\":{\"ownerReferences\":[{\"controller\":\"perhaps\"}]}} | its field metadata.ownerReferences[0].controller is not",
        "NODE | {\"status\":{\"addresses\":[\"x\"]}} | its field status.addresses[0] is not",
        "INGRESS | {\"spec\":{\"tls\":[{\"hosts\":\"x\"}]}} | its field spec.tls[0].hosts is not",
      })
  void whatIsOfAnotherShape_isToldByItsField(Kind kind, String json, String message) {
    assertThatThrownBy(() -> read(kind, json))
        .isInstanceOf(OddShapeException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void numbersAndTexts_standForEachOther() throws Exception {
    Pod pod =
        (Pod)
            read(
                    Kind.POD,
                    "{\"metadata\":{\"labels\":{\"n\":1,\"b\":true}},\"spec\":{\"containers\":"
                        + "[{\"ports\":[{\"containerPort\":\"80\"},{\"containerPort\":\"\"}]}]}}")
                .object();

    assertThat(pod.getMetadata().getLabels()).containsEntry("n", "1").containsEntry("b", "true");
    assertThat(pod.getSpec().getContainers().get(0).getPorts())
        .extracting(port -> port.getContainerPort())
        .containsExactly(80, null);
  }

  private static TargetGroup group(Kind kind, Map<Kind, HasMetadata> objects) {
    return Groups.of(
        Objects.requireNonNull(objects.get(kind)),
        new Lookups((of, key) -> objects.get(of), new Attach(true, true)),
        new MalformedObjects());
  }

  private ObjectReader.Read read(Kind kind, String text) throws IOException {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      return reader.read(kind, json);
    }
  }

  private static Class<? extends HasMetadata> type(Kind kind) {
    return switch (kind) {
      case POD -> Pod.class;
      case NODE -> Node.class;
      case SERVICE -> Service.class;
      case ENDPOINTS -> Endpoints.class;
      case ENDPOINTSLICE -> EndpointSlice.class;
      case INGRESS -> Ingress.class;
      case NAMESPACE -> Namespace.class;
    };
  }

  private static String json(Kind kind) {
    String rest =
        switch (kind) {
          case POD ->
              """
              "spec":{"nodeName":"n1","restartPolicy":"Always","volumes":[{"name":"v"}],
               "containers":[{"name":"app","image":"i:1","env":[{"name":"E","value":"v"}],
                 "ports":[{"name":"http","containerPort":80,"protocol":"TCP","hostPort":1},
                  {"containerPort":81}]},{"name":"side","image":"i:2"}],
               "initContainers":[{"name":"init","image":"i:3","restartPolicy":"Always"}]},
              "status":{"phase":"Running","podIP":"10.0.0.1","hostIP":"10.9.0.1","qosClass":"x",
               "conditions":[{"type":"Initialized","status":"False","lastProbeTime":null},
                {"type":"Ready","status":"True"}],
               "containerStatuses":[{"name":"app","containerID":"c://1","restartCount":1}],
               "initContainerStatuses":[{"name":"init","containerID":"c://2"}]}""";
          case NODE ->
              """
              "spec":{"providerID":"p://1","podCIDR":"x"},
              "status":{"addresses":[{"type":"Hostname","address":"n1"},
                {"type":"InternalIP","address":"10.9.0.1"}],
               "daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},"images":[{"names":["x"]}]}""";
          case SERVICE ->
              """
              "spec":{"type":"LoadBalancer","clusterIP":"10.1.0.1","loadBalancerIP":"1.2.3.4",
               "externalName":"e","ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4"],
               "ports":[{"name":"http","port":80,"targetPort":"http","protocol":"TCP"}]},
              "status":{"loadBalancer":{}}""";
          case ENDPOINTS ->
              """
              "subsets":[{"addresses":[{"ip":"10.0.0.1","nodeName":"n1","hostname":"h",%s}],
               "notReadyAddresses":[{"ip":"10.0.0.2"}],
               "ports":[{"name":"http","port":80,"protocol":"TCP","appProtocol":"x"}]}]"""
                  .formatted(REF);
          case ENDPOINTSLICE ->
              """
              "addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hostname":"h","zone":"z",
               "nodeName":"n1","conditions":{"ready":true,"serving":true,"terminating":false},
               "deprecatedTopology":{"topology.kubernetes.io/zone":"z"},%s}],
              "ports":[{"name":"http","port":80,"protocol":"TCP","appProtocol":"h2c"}]"""
                  .formatted(REF);
          case INGRESS ->
              """
              "spec":{"ingressClassName":"nginx","tls":[{"hosts":["a.example"],"secretName":"s"}],
               "rules":[{"host":"a.example","http":{"paths":[{"path":"/x","pathType":"Prefix",
                "backend":{"service":{"name":"web","port":{"number":80}}}}]}},{"host":"b.example"}]}""";
          case NAMESPACE -> "\"spec\":{\"finalizers\":[\"kubernetes\"]}";
        };
    return "{\"unknown\":[{}]," + META + "," + rest + "}";
  }
}

package dev.stoker.discovery.kubernetes.labels;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.objects.ObjectReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Objects in the shapes that are easily read in another way than Prometheus reads them. */
class GroupsTest {
  private static final String META = "'metadata':{'name':'shop','namespace':'apps'%s}";

  /** As the daemon reads them: a field that it passes over is in no label. */
  private final ObjectReader objects = new ObjectReader();

  private final Map<String, HasMetadata> known = new HashMap<>();
  private Attach attach = Attach.NOTHING;

  @ParameterizedTest
  @CsvSource({
    "PreferDualStack, IPv4, 1",
    "PreferDualStack, IPv6, 0",
    "RequireDualStack, IPv6, 0",
    "SingleStack, IPv6, 1",
  })
  void aDualStackService_givesTheTargetsOfItsFirstFamily(String policy, String type, int targets) {
    service("'ipFamilyPolicy':'" + policy + "','ipFamilies':['IPv4','IPv6']");
    String address = type.equals("IPv4") ? "10.0.0.1" : "fd00::1";

    assertThat(of(slice(type, address), Kind.ENDPOINTSLICE).targets()).hasSize(targets);
  }

  @Test
  void aSliceWithoutAService_givesItsTargets() {
    assertThat(of(slice("IPv6", "fd00::1"), Kind.ENDPOINTSLICE).targets()).hasSize(1);
  }

  @Test
  void endpoints_nameTheProtocolOfTheirOwnPort_andOtherPortsThatOfTheContainer() {
    pod(
        "{'name':'dns','ports':[{'containerPort':53,'protocol':'UDP'},"
            + "{'containerPort':54,'protocol':'UDP'}]}",
        "");
    List<Map<String, String>> targets =
        labels(
            of(
                "{"
                    + META.formatted("")
                    + ",'subsets':[{'ports':[{'port':53}],'addresses':[{'ip':'10.0.0.1',"
                    + "'targetRef':{'kind':'Pod','name':'shop','namespace':'apps'}}]}]}",
                Kind.ENDPOINTS));

    assertThat(targets).hasSize(2);
    assertThat(targets.get(0))
        .containsEntry("__address__", "10.0.0.1:53")
        .containsEntry("__meta_kubernetes_endpoint_port_protocol", "TCP")
        .containsEntry("__meta_kubernetes_pod_container_port_protocol", "TCP");
    assertThat(targets.get(1))
        .containsEntry("__address__", "10.0.0.1:54")
        .containsEntry("__meta_kubernetes_pod_container_port_protocol", "UDP");
  }

  @Test
  void aReferenceWithoutANamespace_isToNoPod() {
    pod("{'name':'app','ports':[{'containerPort':80},{'containerPort':81}]}", "");
    List<Map<String, String>> targets =
        labels(
            of(
                "{"
                    + META.formatted("")
                    + ",'subsets':[{'ports':[{'port':80}],'addresses':[{'ip':'10.0.0.1',"
                    + "'targetRef':{'kind':'Pod','name':'shop'}}]}]}",
                Kind.ENDPOINTS));

    assertThat(targets)
        .singleElement()
        .satisfies(
            target ->
                assertThat(target)
                    .containsEntry("__meta_kubernetes_endpoint_address_target_name", "shop")
                    .doesNotContainKey("__meta_kubernetes_pod_name"));
  }

  @Test
  void aContainerThatWaits_hasNoIdYet_andKeepsItsTarget() {
    List<Map<String, String>> targets =
        labels(
            pod(
                "{'name':'app','ports':[{'containerPort':80}]}",
                ",'containerStatuses':[{'name':'app'}],'conditions':[{'type':'Ready'}]"));

    assertThat(targets).hasSize(1);
    assertThat(targets.get(0))
        .containsEntry("__meta_kubernetes_pod_container_port_protocol", "TCP")
        .containsEntry("__meta_kubernetes_pod_ready", "unknown")
        .doesNotContainKey("__meta_kubernetes_pod_container_id");
  }

  @Test
  void aContainerWithoutAName_keepsTheTargetsOfItsPod() {
    assertThat(pod("{'ports':[{'containerPort':80}]}", ",'containerStatuses':[{}]").targets())
        .hasSize(1);
  }

  @Test
  void aServiceWithoutTypeAndProtocol_hasTheDefaultsOfTheApi() {
    assertThat(labels(service("'ports':[{'port':80}]")))
        .singleElement()
        .satisfies(
            target ->
                assertThat(target)
                    .containsEntry("__meta_kubernetes_service_type", "ClusterIP")
                    .containsEntry("__meta_kubernetes_service_port_protocol", "TCP"));
  }

  @Test
  void aSlicesPortWithoutProtocol_isTcp() {
    assertThat(labels(of(slice("IPv4", "10.0.0.1"), Kind.ENDPOINTSLICE)))
        .singleElement()
        .satisfies(
            target ->
                assertThat(target)
                    .containsEntry("__meta_kubernetes_endpointslice_port_protocol", "TCP"));
  }

  @Test
  void anIngressWhoseTlsNamesNoHosts_isPlainHttp() {
    assertThat(
            labels(
                of(
                    "{"
                        + META.formatted("")
                        + ",'spec':{'tls':[{'hosts':null}],'rules':[{'host':'a.example'}]}}",
                    Kind.INGRESS)))
        .singleElement()
        .satisfies(
            target -> assertThat(target).containsEntry("__meta_kubernetes_ingress_scheme", "http"));
  }

  @ParameterizedTest
  @CsvSource({"n1, 1, ''", "n2, 0, the pod's node n2 is not known", "'', 0, the pod has no node"})
  void withLabelsOfNodes_onlyPodsOnTheSelectedNodesGiveTargets_andTheOthersSayWhy(
      String node, int targets, String why) {
    attach = new Attach(true, false);
    of("{'metadata':{'name':'n1','labels':{'zone':'a'}}}", Kind.NODE);

    TargetGroup pod =
        pod(
            "{'name':'app'}",
            "},'spec':{'nodeName':'" + node + "'," + "'containers':[{'name':'app'}]");
    assertThat(pod.targets()).hasSize(targets);
    pod.targets()
        .forEach(
            target -> assertThat(target.get("__meta_kubernetes_node_label_zone")).isEqualTo("a"));
    assertThat(pod.dropped())
        .hasSize(1 - targets)
        .allSatisfy(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.RELABEL);
              assertThat(drop.detail()).startsWith(why + ": attach_metadata.node gives");
              assertThat(drop.target().get("__meta_kubernetes_pod_name")).isNotEmpty();
              assertThat(drop.target().get("__meta_kubernetes_pod_node_name")).isEqualTo(node);
            });
  }

  @Test
  void aPodWithoutAnAddress_saysSo() {
    TargetGroup pod =
        of(
            "{"
                + META.formatted("")
                + ",'spec':{'containers':[{'name':'app'}]},'status':{'phase':'Pending'}}",
            Kind.POD);

    assertThat(pod.targets()).isEmpty();
    assertThat(pod.dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.INVALID);
              assertThat(drop.detail()).isEqualTo("the pod has no IP address yet");
              assertThat(drop.target().get("__meta_kubernetes_pod_phase")).isEqualTo("Pending");
            });
  }

  @Test
  void anObjectThatMakesNoSense_saysSo() {
    TargetGroup group =
        Groups.of(malformed("as malformed as can be"), nothing(), new MalformedObjects());

    assertThat(group.targets()).isEmpty();
    assertThat(group.dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.target().get("__meta_kubernetes_service_name")).isEqualTo("s");
              assertThat(drop.detail()).contains("makes no sense");
            });
  }

  @Test
  void anObjectThatMakesNoSense_isLoggedOncePerState() {
    Logger logger = (Logger) LoggerFactory.getLogger(MalformedObjects.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      MalformedObjects known = new MalformedObjects();
      for (int changes = 0; changes < 3; changes++) {
        Groups.of(malformed("no ports"), nothing(), known);
      }
      assertThat(lines.list).hasSize(1);
      assertThat(String.valueOf(lines.list.get(0).getKeyValuePairs())).contains("no ports");

      Groups.of(malformed("no addresses"), nothing(), known);
      assertThat(lines.list).hasSize(2);

      Groups.of(read("{\"metadata\":{\"name\":\"s\"}}", Kind.SERVICE), nothing(), known);
      Groups.of(malformed("no addresses"), nothing(), known);
      assertThat(lines.list).hasSize(3);
    } finally {
      logger.detachAppender(lines);
    }
  }

  private static Lookups nothing() {
    return new Lookups((kind, key) -> null, Attach.NOTHING);
  }

  private Service malformed(String how) {
    Service service = (Service) read("{\"metadata\":{\"name\":\"s\"}}", Kind.SERVICE);
    service.setSpec(
        new ServiceSpec() {
          @Override
          public List<ServicePort> getPorts() {
            throw new IllegalStateException(how);
          }
        });
    return service;
  }

  private static String slice(String type, String address) {
    return "{"
        + META.formatted(",'labels':{'kubernetes.io/service-name':'shop'}")
        + ",'addressType':'"
        + type
        + "','ports':[{'port':80}],'endpoints':[{'addresses':['"
        + address
        + "']}]}";
  }

  private TargetGroup service(String spec) {
    return of("{" + META.formatted("") + ",'spec':{" + spec + "}}", Kind.SERVICE);
  }

  private TargetGroup pod(String container, String status) {
    return of(
        "{"
            + META.formatted("")
            + ",'spec':{'containers':["
            + container
            + "]},'status':{'podIP':'10.0.0.1'"
            + status
            + "}}",
        Kind.POD);
  }

  /** Makes the object known to the others, too. */
  private TargetGroup of(String text, Kind kind) {
    HasMetadata object = read(text.replace('\'', '"'), kind);
    known.put(kind + " " + ObjectKey.of(object.getMetadata()), object);
    return Groups.of(
        object,
        new Lookups((of, key) -> known.get(of + " " + key), attach),
        new MalformedObjects());
  }

  private HasMetadata read(String text, Kind kind) {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      return objects.read(kind, json).object();
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static List<Map<String, String>> labels(TargetGroup group) {
    return group.targets().stream().map(target -> target.toMap()).toList();
  }
}

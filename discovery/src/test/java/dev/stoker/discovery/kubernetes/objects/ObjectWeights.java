package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what objects of the API take of the heap, and what {@link Weights#of} says: the weight
 * must not be below the truth, or the budget for what is discovered promises room that is not
 * there. Every text of an object is its own, as nothing is shared in the worst case.
 *
 * <p>benchmarks/README.md says how to run it.
 */
public final class ObjectWeights {
  private static final long BYTES = 8L << 20;

  private final JsonFactory json = new JsonFactory();
  private final ObjectReader reader = new ObjectReader();

  private ObjectWeights() {}

  /** Ends with 1 when a weight is too low. */
  public static void main(String[] args) throws Exception {
    ObjectWeights weights = new ObjectWeights();
    boolean right = true;
    for (Map.Entry<String, Shape> shape : shapes().entrySet()) {
      right &= weights.measure(shape.getKey(), shape.getValue());
    }
    System.exit(right ? 0 : 1);
  }

  /**
   * Objects of one form.
   *
   * @param json of the object with a number, without kind and version
   */
  private record Shape(Kind kind, IntFunction<String> json) {}

  private static Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("pod, one container", pod(1, 0, 1, 0));
    shapes.put("pod, one container, 8 labels", pod(1, 0, 1, 8));
    shapes.put("pod, 10 containers, 4 of init, 3 ports each", pod(10, 4, 3, 20));
    shapes.put("pod, 1 container, 100 ports", pod(1, 0, 100, 4));
    shapes.put(
        "pod, 200 labels of other alphabets",
        new Shape(Kind.POD, i -> "{" + meta(i, 200, "\u8a00\u8449", 40) + "}"));
    shapes.put("pod, 200 short labels", new Shape(Kind.POD, i -> "{" + meta(i, 200, "v", 1) + "}"));
    shapes.put(
        "pod, 20 owners",
        new Shape(
            Kind.POD,
            i ->
                "{\"metadata\":{\"name\":\"p%d\",\"ownerReferences\":[%s]}}"
                    .formatted(
                        i,
                        list(
                            20,
                            k ->
                                "{\"kind\":\"K%d-%d\",\"name\":\"n%d-%d\",\"controller\":true}"
                                    .formatted(i, k, i, k)))));
    shapes.put("namespace", new Shape(Kind.NAMESPACE, i -> "{" + meta(i, 3, "v", 8) + "}"));
    shapes.put(
        "node, 10 addresses",
        new Shape(
            Kind.NODE,
            i ->
                "{%s,\"spec\":{\"providerID\":\"aws:///eu-1/i-0123456789abcdef\"},\"status\":{\"addresses\":[%s]}}"
                    .formatted(
                        meta(i, 30, "v", 10),
                        list(
                            10,
                            k ->
                                "{\"type\":\"T%d-%d\",\"address\":\"10.%d.%d\"}"
                                    .formatted(i, k, i, k)))));
    shapes.put(
        "service, 30 ports",
        new Shape(
            Kind.SERVICE,
            i ->
                "{%s,\"spec\":{\"type\":\"ClusterIP\",\"clusterIP\":\"10.0.%d\",\"ports\":[%s]}}"
                    .formatted(meta(i, 5, "v", 10), i, list(30, k -> port(i, k)))));
    shapes.put(
        "ingress, 20 rules with 5 paths",
        new Shape(
            Kind.INGRESS,
            i ->
                ("{%s,\"spec\":{\"ingressClassName\":\"c%d\",\"rules\":[%s],\"tls\":[{\"hosts\":[%s]}]}}")
                    .formatted(
                        meta(i, 2, "v", 5),
                        i,
                        list(
                            20,
                            k ->
                                "{\"host\":\"h%d-%d.example.org\",\"http\":{\"paths\":[%s]}}"
                                    .formatted(
                                        i,
                                        k,
                                        list(
                                            5,
                                            p -> "{\"path\":\"/p%d-%d-%d\"}".formatted(i, k, p)))),
                        list(20, k -> "\"h%d-%d.example.net\"".formatted(i, k)))));
    shapes.put("endpoints, 100 addresses, 3 ports", new Shape(Kind.ENDPOINTS, i -> endpoints(i)));
    shapes.put("slice, 100 endpoints, 3 ports", new Shape(Kind.ENDPOINTSLICE, i -> slice(i)));
    return shapes;
  }

  private static Shape pod(int containers, int init, int ports, int labels) {
    return new Shape(
        Kind.POD,
        i ->
            ("{%s,\"spec\":{\"nodeName\":\"node-%06d\",\"containers\":[%s],\"initContainers\":[%s]},\"status\":{\"podIP\":\"10.1.%d\","
                    + "\"hostIP\":\"10.2.%d\",\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},"
                    + "{\"type\":\"Initialized\",\"status\":\"True\"}],\"containerStatuses\":[%s],\"initContainerStatuses\":[%s]}}")
                .formatted(
                    meta(i, labels, "value-of-label", 20),
                    i,
                    list(containers, k -> container(i, k, ports)),
                    list(init, k -> container(i, 100 + k, ports)),
                    i,
                    i,
                    list(containers, k -> status(i, k)),
                    list(init, k -> status(i, 100 + k))));
  }

  private static String container(int i, int k, int ports) {
    return "{\"name\":\"c%d-%d\",\"image\":\"registry.example.org/shop/shop:%d.%d\",\"ports\":[%s]}"
        .formatted(
            i,
            k,
            i,
            k,
            list(
                ports,
                p ->
                    "{\"name\":\"p%d-%d-%d\",\"containerPort\":%d,\"protocol\":\"TCP\"}"
                        .formatted(i, k, p, 1_000 + p)));
  }

  private static String status(int i, int k) {
    return "{\"name\":\"c%d-%d\",\"containerID\":\"containerd://%064d\"}"
        .formatted(i, k, i * 1_000L + k);
  }

  private static String port(int i, int k) {
    return "{\"name\":\"p%d-%d\",\"port\":%d,\"protocol\":\"TCP\",\"appProtocol\":\"http\"}"
        .formatted(i, k, 1_000 + k);
  }

  private static String reference(int i, int k) {
    return "\"targetRef\":{\"kind\":\"Pod\",\"name\":\"pod-%d-%d\",\"namespace\":\"ns-%d-%d\"}"
        .formatted(i, k, i, k);
  }

  private static String endpoints(int i) {
    return "{%s,\"subsets\":[{\"addresses\":[%s],\"ports\":[%s]}]}"
        .formatted(
            meta(i, 5, "v", 10),
            list(
                100,
                k ->
                    "{\"ip\":\"10.%d.%d\",\"hostname\":\"h%d-%d\",\"nodeName\":\"node-%d-%d\",%s}"
                        .formatted(i, k, i, k, i, k, reference(i, k))),
            list(3, k -> port(i, k)));
  }

  private static String slice(int i) {
    return "{%s,\"addressType\":\"IPv4\",\"endpoints\":[%s],\"ports\":[%s]}"
        .formatted(
            meta(i, 5, "v", 10),
            list(
                100,
                k ->
                    ("{\"addresses\":[\"10.%d.%d\"],\"conditions\":{\"ready\":true,\"serving\":true,\"terminating\":false},"
                            + "\"hostname\":\"h%d-%d\",\"nodeName\":\"node-%d-%d\",\"zone\":\"zone-%d-%d\",%s,"
                            + "\"deprecatedTopology\":{\"kubernetes.io/hostname\":\"h%d-%d\"}}")
                        .formatted(i, k, i, k, i, k, i, k, reference(i, k), i, k)),
            list(3, k -> port(i, k)));
  }

  private static String meta(int i, int labels, String value, int length) {
    return "\"metadata\":{\"name\":\"shop-7c9f8d6b5-%06d\",\"namespace\":\"herd-%d\",\"uid\":\"5c0e8d2a-0000-4000-8000-%012d\","
            .formatted(i, i, i)
        + "\"resourceVersion\":\"%d\",\"labels\":{%s},\"annotations\":{%s}}"
            .formatted(
                i,
                list(labels, k -> label(i, k, value, length)),
                list(labels / 2, k -> label(i, 1_000 + k, value, length)));
  }

  /** The names of labels are each object's own too. */
  private static String label(int i, int k, String value, int length) {
    String text = value.repeat(length / value.length() + 1).substring(0, length);
    return "\"name-of-label-%d-%d\":\"%s-%d-%d\"".formatted(i, k, text, i, k);
  }

  private static String list(int n, IntFunction<String> element) {
    return IntStream.range(0, n).mapToObj(element).collect(Collectors.joining(","));
  }

  private boolean measure(String name, Shape shape) throws Exception {
    read(shape, 1_000_000); // loads the classes
    long estimate = Weights.of(read(shape, 1_000_001));
    int n = (int) Math.max(200, Math.min(5_000, BYTES / estimate));
    HasMetadata[] objects = new HasMetadata[n];
    long before = heap();
    for (int i = 0; i < n; i++) {
      objects[i] = read(shape, i);
    }
    long truth = (heap() - before) / n;
    long weight = 0;
    for (HasMetadata object : objects) {
      weight += Weights.of(object);
    }
    weight /= n;
    System.out.printf(
        "%-45s takes %7d, weight %7d, %.2f%n", name, truth, weight, weight / (double) truth);
    return weight >= truth;
  }

  private HasMetadata read(Shape shape, int i) throws Exception {
    try (JsonParser parser = json.createParser(shape.json().apply(i))) {
      parser.nextToken();
      return reader.read(shape.kind(), parser).object();
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}

package dev.stoker.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An API server of one pod for {@link CdsTraining}, so that the class data archive holds what
 * {@code discovery.kubernetes} and TLS load: that is half of what the start of a DaemonSet's pod
 * costs.
 */
final class TrainingCluster {
  /** A machine that builds much else at the same time is slow. */
  private static final long WATCH_SECONDS = 30;

  private static final String POD =
      """
      {"kind":"Pod","apiVersion":"v1","metadata":{"name":"training","namespace":"training",
       "uid":"1","resourceVersion":"%d","labels":{"app":"training"},
       "annotations":{"profiles.grafana.com/goroutine.scrape":"true"},
       "ownerReferences":[{"kind":"ReplicaSet","name":"training","controller":true}]},
       "spec":{"nodeName":"n","volumes":[{"name":"v"}],
        "containers":[{"name":"app","image":"i","ports":[{"name":"http","containerPort":9}]}]},
       "status":{"phase":"Running","podIP":"127.0.0.1","hostIP":"127.0.0.1",
        "conditions":[{"type":"Ready","status":"True"}],
        "containerStatuses":[{"name":"app","containerID":"c"}]}}
      """;

  private final HttpServer server;
  private final String certificate;
  private final CompletableFuture<Void> watched;

  private TrainingCluster(HttpServer server, String certificate, CompletableFuture<Void> watched) {
    this.server = server;
    this.certificate = certificate;
    this.watched = watched;
  }

  /** Waits until it was asked for a watch, after it has given a list. */
  void awaitWatch() throws Exception {
    watched.get(WATCH_SECONDS, TimeUnit.SECONDS);
  }

  /** A config's components that use it. */
  String config() {
    return """
        discovery.kubernetes.training {
          api_server = "https://127.0.0.1:%d", role = pod, node = "n"
          bearer_token = "training", tls_config.ca_pem = ""\"%s""\"
        }
        discovery.annotations.training { targets = [ discovery.kubernetes.training.targets ] }
        pyroscope.scrape.pods {
          targets = [ discovery.annotations.training.output ]
          forward_to = [ stoker.store.training.receiver ]
        }
        """
        .formatted(server.actualPort(), certificate);
  }

  static Future<TrainingCluster> start(Vertx vertx) throws GeneralSecurityException {
    PemKeyCertOptions own = selfSigned();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(own)
            .setCompressionSupported(true); // as an API server does with lists
    CompletableFuture<Void> watched = new CompletableFuture<>();
    return vertx
        .createHttpServer(options)
        .requestHandler(request -> answer(request, watched))
        .listen(0, "127.0.0.1")
        .map(server -> new TrainingCluster(server, own.getCertValue().toString(), watched));
  }

  private static void answer(HttpServerRequest request, CompletableFuture<Void> watched) {
    boolean watch = request.getParam("watch") != null;
    if (watch) {
      watched.complete(null);
    }
    request
        .response()
        .putHeader("Content-Type", "application/json")
        .setChunked(true)
        .end(
            watch
                ? "{\"type\":\"MODIFIED\",\"object\":" + POD.formatted(2) + "}\n"
                : "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
                    + "\"items\":["
                    + POD.formatted(1)
                    + "]}");
  }

  /** The JDK writes no certificates. This one is of version 3, since it has to name 127.0.0.1. */
  private static PemKeyCertOptions selfSigned() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    byte[] ecdsaWithSha256 =
        der(0x30, der(0x06, new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2}));
    byte[] commonName = der(0x30, der(0x06, new byte[] {0x55, 4, 3}), der(0x0c, text("training")));
    byte[] name = der(0x30, der(0x31, commonName));
    byte[] validity = der(0x30, der(0x17, text("260101000000Z")), der(0x17, text("491231235959Z")));
    byte[] version = der(0xa0, der(0x02, new byte[] {2}));
    byte[] serial = der(0x02, new byte[] {1});
    byte[] address = der(0x30, der(0x87, new byte[] {127, 0, 0, 1}));
    byte[] alternativeName = der(0x30, der(0x06, new byte[] {0x55, 0x1d, 17}), der(0x04, address));
    byte[] content =
        der(
            0x30,
            version,
            serial,
            ecdsaWithSha256,
            name,
            validity,
            name,
            keys.getPublic().getEncoded(),
            der(0xa3, der(0x30, alternativeName)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(content);
    byte[] signed = der(0x03, new byte[] {0}, signature.sign());
    return new PemKeyCertOptions()
        .setCertValue(pem("CERTIFICATE", der(0x30, content, ecdsaWithSha256, signed)))
        .setKeyValue(pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
  }

  /** One value of ASN.1, of less than 64 KiB. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    if (content.size() < 0x80) {
      value.write(content.size());
    } else if (content.size() < 0x100) { // BoringSSL takes the shortest way alone
      value.write(0x81);
      value.write(content.size());
    } else {
      value.write(0x82);
      value.write(content.size() >> 8);
      value.write(content.size());
    }
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }

  private static byte[] text(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }

  private static Buffer pem(String type, byte[] content) {
    return Buffer.buffer(
        "-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(content)
            + "\n-----END "
            + type
            + "-----\n");
  }
}

package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BoringSSL below the JDK's client: whom it trusts is what the JVM's TLS would. */
class NativeTlsTest {
  private static final int PODS = 2_000;

  private final Vertx vertx = Vertx.vertx();
  private final HeldCertificate ca =
      new HeldCertificate.Builder().commonName("one").certificateAuthority(0).build();
  private final HeldCertificate good = signed(ca, "127.0.0.1");

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static HeldCertificate signed(HeldCertificate by, String name) {
    return new HeldCertificate.Builder().signedBy(by).addSubjectAlternativeName(name).build();
  }

  private static PemKeyCertOptions pem(HeldCertificate held) {
    return new PemKeyCertOptions()
        .setCertValue(Buffer.buffer(held.certificatePem()))
        .setKeyValue(Buffer.buffer(held.privateKeyPkcs8Pem()));
  }

  private static Tls trusting(HeldCertificate authority) {
    return new Tls(Secret.text(authority.certificatePem()), Secret.NONE, Secret.NONE, "", false);
  }

  private static String list() {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < PODS; i++) {
      items
          .append(i == 0 ? "" : ",")
          .append("{\"metadata\":{\"name\":\"p")
          .append(i)
          .append("\",\"namespace\":\"shop\",\"managedFields\":\"")
          .append("x".repeat(2_000))
          .append("\"}}");
    }
    return "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}";
  }

  private HttpServer server(HeldCertificate certificate, String version) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(pem(certificate))
            .setEnabledSecureTransportProtocols(Set.of(version));
    return serve(options);
  }

  private HttpServer serve(HttpServerOptions options) throws Exception {
    return vertx
        .createHttpServer(options)
        .requestHandler(request -> request.response().end(list()))
        .listen(0, "127.0.0.1")
        .await(20, TimeUnit.SECONDS);
  }

  /**
   * @return how many objects it gives; -1 = it has not come to its end
   * @throws CompletionException the failure's words
   */
  private static int ask(HttpServer server, Tls tls) {
    ApiAccess access =
        new ApiAccess(
            "https://127.0.0.1:" + server.actualPort(), "", HttpClientConfig.DEFAULT.with(tls));
    try (ApiClient client = ApiClients.create(access, "test", Runnable::run)) {
      CompletableFuture<Integer> objects = new CompletableFuture<>();
      List<Told> all = new ArrayList<>();
      client.get(
          "api/v1/pods",
          Kind.POD,
          false,
          20_000,
          new ApiCall.Listener() {
            @Override
            public void answered() {}

            @Override
            public void told(List<Told> told) {
              all.addAll(told);
            }

            @Override
            public void ended(@Nullable ApiFailure failure) {
              if (failure == null) {
                objects.complete((int) all.stream().filter(Told.There.class::isInstance).count());
              } else {
                objects.completeExceptionally(new IllegalStateException(failure.words()));
              }
            }
          });
      return objects.orTimeout(30, TimeUnit.SECONDS).join();
    }
  }

  private static String refusal(HttpServer server, Tls tls) {
    try {
      return "no refusal: " + ask(server, tls);
    } catch (CompletionException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  /** Whether the client of these settings has BoringSSL. */
  private static boolean isNative(ConfigBuilder config) {
    try (ApiThreads threads = new ApiThreads()) {
      return threads.newBuilder(config.withMasterUrl("https://127.0.0.1:1").build())
              instanceof StandardHttpClientBuilder<?, ?, ?> builder
          && NativeTls.of(builder) != null;
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerOfTheCa_isReadToItsEnd(String version) throws Exception {
    assertThat(ask(server(good, version), trusting(ca))).isEqualTo(PODS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCertificateOfAnotherHost_isRefused(String version) throws Exception {
    HttpServer other = server(signed(ca, "127.0.0.2"), version);
    assertThat(refusal(other, trusting(ca))).contains("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCertificateOfAnotherCa_isRefused(String version) throws Exception {
    HeldCertificate another =
        new HeldCertificate.Builder().commonName("two").certificateAuthority(0).build();
    HttpServer other = server(signed(another, "127.0.0.1"), version);
    assertThat(refusal(other, trusting(ca))).contains("unable to find valid certification path");
    assertThat(refusal(other, Tls.DEFAULT)).contains("unable to find valid certification path");
  }

  @Test
  void anExpiredCertificate_isRefused() throws Exception {
    long end = Instant.parse("2020-01-02T03:04:05Z").toEpochMilli();
    HeldCertificate expired =
        new HeldCertificate.Builder()
            .signedBy(ca)
            .addSubjectAlternativeName("127.0.0.1")
            .validityInterval(end - 1_000_000, end)
            .build();
    assertThat(refusal(server(expired, "TLSv1.3"), trusting(ca))).contains("2020");
  }

  @Test
  void aServerWithoutTls_isRefused() throws Exception {
    HttpServer plain = serve(new HttpServerOptions());
    assertThat(refusal(plain, trusting(ca))).contains("SSL").doesNotContain("485454");
  }

  @Test
  void insecure_takesAnyCertificate() throws Exception {
    Tls insecure = new Tls(Secret.NONE, Secret.NONE, Secret.NONE, "", true);
    assertThat(ask(server(signed(ca, "127.0.0.2"), "TLSv1.3"), insecure)).isEqualTo(PODS);
  }

  @Test
  void only13_refusesAServerOf12() throws Exception {
    Secret trusted = Secret.text(ca.certificatePem());
    Tls only13 = new Tls(trusted, Secret.NONE, Secret.NONE, "", false, true);
    assertThat(ask(server(good, "TLSv1.3"), only13)).isEqualTo(PODS);
    assertThat(refusal(server(good, "TLSv1.2"), only13)).doesNotContain("no refusal");
  }

  @Test
  void aClientsOwnCertificate_isShown() throws Exception {
    HeldCertificate client = new HeldCertificate.Builder().signedBy(ca).rsa2048().build();
    HttpServerOptions mutual =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(pem(good))
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(
                new PemTrustOptions().addCertValue(Buffer.buffer(ca.certificatePem())));
    HttpServer server = serve(mutual);
    Tls own =
        new Tls(
            Secret.text(ca.certificatePem()),
            Secret.text(client.certificatePem()),
            Secret.text(client.privateKeyPkcs8Pem()),
            "",
            false);
    assertThat(ask(server, own)).isEqualTo(PODS);
    assertThat(refusal(server, trusting(ca))).doesNotContain("no refusal");
  }

  @Test
  void itIsUsed_unlessTheClientHasACertificate() {
    assumeThat(OpenSsl.isAvailable()).isTrue();
    HeldCertificate client = new HeldCertificate.Builder().signedBy(ca).rsa2048().build();
    String trusted = base64(ca.certificatePem());
    assertThat(isNative(new ConfigBuilder().withCaCertData(trusted))).isTrue();
    assertThat(isNative(new ConfigBuilder().withTrustCerts(true))).isTrue();
    assertThat(
            isNative(
                new ConfigBuilder()
                    .withCaCertData(trusted)
                    .withClientCertData(base64(client.certificatePem()))
                    .withClientKeyData(base64(client.privateKeyPkcs8Pem()))))
        .isFalse();
  }
}

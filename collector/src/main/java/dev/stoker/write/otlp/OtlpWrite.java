package dev.stoker.write.otlp;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.otlp.encode.Encoded;
import dev.stoker.otlp.encode.Series;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.component.Endpoints;
import dev.stoker.write.component.RunningWrite;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.SenderTenant;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running <code>otlp.write</code>: makes the labels that are sent, and gives the profile to each
 * of its endpoints. The queues hold pprof; a sender makes OTLP of it. The control context owns it.
 */
public final class OtlpWrite implements RunningWrite.Writer {
  private static final Logger log = LoggerFactory.getLogger(OtlpWrite.class);

  private final Services services;
  private final Endpoints<EndpointConfig> endpoints;
  private WriteConfig config;

  /** Makes OTLP of a body, where CPU work belongs. */
  @FunctionalInterface
  public interface Encoder {
    /**
     * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when the body cannot be
     *     read; completes on the control context
     */
    Future<Encoded> encode(byte[] body, Series series);
  }

  /** What the component needs of the daemon. */
  public record Services(
      Vertx vertx, EndpointServices endpoints, String userAgent, Encoder encoder) {}

  /**
   * Sends nothing and opens no queue on disk before its endpoints are started.
   *
   * @param http opens what it makes; its sender closes it
   */
  public OtlpWrite(
      WriteConfig config, Services services, Function<HttpClientConfig, ClientAccess> http) {
    this.config = config;
    this.services = services;
    this.endpoints =
        new Endpoints<>(
            config.component(),
            config.endpoints(),
            services.endpoints(),
            endpoint -> new OtlpSender(endpoint, services, http.apply(endpoint.http())));
  }

  @Override
  public Endpoints<EndpointConfig> endpoints() {
    return endpoints;
  }

  /**
   * Makes what another config needs, and changes nothing yet.
   *
   * @param http opens what it makes; its sender closes it
   */
  public Endpoints.Change prepare(WriteConfig next, Function<HttpClientConfig, ClientAccess> http) {
    Endpoints.Change change =
        endpoints.prepare(
            next.endpoints(),
            endpoint -> new OtlpSender(endpoint, services, http.apply(endpoint.http())));
    return new Endpoints.Change() {
      @Override
      public Future<Void> commit() {
        config = next;
        return change.commit();
      }

      @Override
      public void abandon() {
        change.abandon();
      }
    };
  }

  @Override
  public boolean append(Profile profile) {
    OutgoingProfile outgoing = outgoing(profile);
    if (outgoing == null) {
      endpoints.lose(profile);
      return false;
    }
    return endpoints.offer(outgoing);
  }

  @Override
  public boolean hasRoom(Profile profile, Room batch) {
    OutgoingProfile outgoing = outgoing(profile);
    return outgoing != null && endpoints.hasRoom(outgoing, batch);
  }

  /** Null = a bug keeps it from being sent; it is logged, and every endpoint counts the loss. */
  private @Nullable OutgoingProfile outgoing(Profile profile) {
    try {
      String tenant = profile.labels().get(LabelNames.TENANT);
      return OutgoingProfile.of(
          profile.with(labels(profile)),
          Verdicts.isPushed(profile.origin()) ? SenderTenant.of(tenant) : tenant);
    } catch (Throwable thrown) {
      log.atError()
          .addKeyValue("component", config.component())
          .setCause(thrown)
          .log("internal error while preparing a profile; please report it");
      return null;
    }
  }

  /**
   * Private labels go, but for the name of the series, which each profile of a request says.
   * External ones overwrite.
   */
  private Labels labels(Profile profile) {
    return profile
        .labels()
        .filter(name -> name.equals(LabelNames.NAME) || !LabelNames.isPrivate(name))
        .toBuilder()
        .setAll(config.externalLabels())
        .build();
  }
}

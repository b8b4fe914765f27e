package host;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/** A Eureka server: Registry PORT. */
@SpringBootApplication
@EnableEurekaServer
public class Registry {
  public static void main(String[] args) {
    new SpringApplicationBuilder(Registry.class)
        .run(
            "--server.address=127.0.0.1",
            "--server.port=" + args[0],
            "--eureka.client.register-with-eureka=false",
            "--eureka.client.fetch-registry=false",
            "--eureka.server.wait-time-in-ms-when-sync-empty=0",
            "--eureka.server.response-cache-update-interval-ms=500");
  }
}

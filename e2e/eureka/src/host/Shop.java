package host;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** An application that registers itself: Shop PORT REGISTRY-PORT. */
@SpringBootApplication
public class Shop {
  public static void main(String[] args) {
    new SpringApplicationBuilder(Shop.class)
        .run(
            "--spring.application.name=shop",
            "--server.address=127.0.0.1",
            "--server.port=" + args[0],
            "--eureka.instance.hostname=127.0.0.1",
            "--eureka.instance.instance-id=shop-1",
            "--eureka.instance.metadata-map.profiles.scrape=true",
            "--eureka.instance.metadata-map.team=checkout & co",
            "--eureka.client.service-url.defaultZone=http://127.0.0.1:" + args[1] + "/eureka");
  }
}

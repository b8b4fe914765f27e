package truth;

import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The program beside Spring Boot of any version: {@code PORT OPTIONS-OF-SPRING…}. */
@SpringBootApplication
public class BootHost {
  public static void main(String[] args) throws IOException {
    SpringApplication.run(BootHost.class, args);
    JvmTruth.main(args);
  }
}

/**
 * Source <code>actuator-jfr</code>: Spring Boot's Actuator with the flight-recorder starter. Each
 * scrape starts a recording, waits, fetches it and deletes it.
 */
@NullMarked
package dev.stoker.scrape.source.actuator;

import org.jspecify.annotations.NullMarked;

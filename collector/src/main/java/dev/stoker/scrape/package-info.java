/**
 * Targets become profiles: expansion, schedule, fetch, validation, delta. The control context owns
 * every loop; body work runs on the CPU pool. Sees profiles and appenders, never write or store.
 */
@NullMarked
package dev.stoker.scrape;

import org.jspecify.annotations.NullMarked;

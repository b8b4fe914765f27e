/**
 * The loops that scrape targets on their schedule, with what the user is told of each target:
 * status, metrics, log. {@link dev.stoker.scrape.loop.ScrapeComponent} is the door: it turns the
 * targets of one component into running loops. The control context owns everything in here.
 */
@NullMarked
package dev.stoker.scrape.loop;

import org.jspecify.annotations.NullMarked;

/**
 * Which targets of a group are scraped when a scrape has a budget. {@link
 * dev.stoker.scrape.budget.Turns} is the choice itself, a pure function; the rest keeps the books
 * of the targets of one component. {@link dev.stoker.scrape.loop.ScrapeComponent} asks on the
 * control context. A cluster would hand in the processes that all of its members know, and each
 * member would come to the same choice.
 */
@NullMarked
package dev.stoker.scrape.budget;

import org.jspecify.annotations.NullMarked;

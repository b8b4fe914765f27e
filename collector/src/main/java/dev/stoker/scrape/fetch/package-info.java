/**
 * One fetch of one body. The interface {@link dev.stoker.scrape.fetch.Scraper}, which the sources
 * for JVMs implement too, its implementation for one HTTP request, and the budget that all bodies
 * in memory share. Everything runs on the control context.
 */
@NullMarked
package dev.stoker.scrape.fetch;

import org.jspecify.annotations.NullMarked;

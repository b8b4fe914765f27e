/**
 * When a scrape begins: the ticks of a loop, whose turn it is where many want to scrape at once,
 * and which ticks are left out. The control context owns everything in here.
 */
@NullMarked
package dev.stoker.scrape.schedule;

import org.jspecify.annotations.NullMarked;

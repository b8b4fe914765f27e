/**
 * Targets become profiles. Each room sees only those before it:
 *
 * <ul>
 *   <li><code>target</code>: what is to be scraped, from configuration and labels;
 *   <li><code>fetch</code>: one body over HTTP, and the memory that all bodies share;
 *   <li><code>source</code>: bodies that take several requests, one room for each kind;
 *   <li><code>baseline</code>: what delta loops leave for the next loop of their series;
 *   <li><code>transform</code>: from a body to profiles;
 *   <li><code>schedule</code>: when a scrape begins, and whose turn it is;
 *   <li><code>loop</code>: the scrapes of one target, status, metrics, and the component as others
 *       see it;
 *   <li><code>component</code>: <code>pyroscope.scrape</code> in the configuration, and what all of
 *       its components share.
 * </ul>
 *
 * They see profiles and appenders, never the packages <code>write</code> or <code>store</code>.
 *
 * <p>To add a source: a record in {@link dev.stoker.scrape.target.Source} with its one profile
 * type, and its arguments in <code>component.SourceReader</code>. When one GET does not fetch it, a
 * {@link dev.stoker.scrape.fetch.Scraper} in a package <code>source.NAME</code> (which sees <code>
 * fetch</code> and <code>target</code>; they never see it), chosen by <code>component.Scrapers
 * </code>: it keeps the target's total deadline, counts every byte it holds in the {@link
 * dev.stoker.scrape.fetch.BodyBudget}, and gives all back on cancel and release. When its bodies
 * are something new, a constant of {@link dev.stoker.scrape.target.Content} with its case in <code>
 * transform.Transforms</code>: a transform yields any number of profiles, each with a name of its
 * own.
 */
@NullMarked
package dev.stoker.scrape;

import org.jspecify.annotations.NullMarked;

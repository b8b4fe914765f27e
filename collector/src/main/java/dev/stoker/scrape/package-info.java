/**
 * Targets become profiles: expansion, schedule, fetch, validation, delta. The control context owns
 * every loop; body work runs on the CPU pool. Sees profiles and appenders, never write or store.
 *
 * <p>To add a source: a record in {@link dev.stoker.scrape.Source} with its one profile type, and
 * its arguments in the config's <code>SourceReader</code>. When one GET does not fetch it, a {@link
 * dev.stoker.scrape.Scraper} in a package <code>dev.stoker.source.NAME</code> (which sees this one;
 * this one never sees it), chosen by <code>Workshop.scraper</code>: it keeps the target's total
 * deadline, counts every byte it holds in the {@link dev.stoker.scrape.ByteBudget}, and gives all
 * back on cancel and release. When its bodies are something new, a constant of {@link
 * dev.stoker.scrape.Content} with its case in <code>Transforms</code>: a transform yields any
 * number of profiles, each with a name of its own.
 */
@NullMarked
package dev.stoker.scrape;

import org.jspecify.annotations.NullMarked;

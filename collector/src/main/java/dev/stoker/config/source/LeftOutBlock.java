package dev.stoker.config.source;

import dev.stoker.schema.Place;

/**
 * A block of an Alloy config that Stoker does not run.
 *
 * @param id such as <code>prometheus.scrape.default</code>
 * @param kind such as <code>prometheus.scrape</code>
 * @param why for people
 * @param loud profiles are missing because of it, or may be
 */
public record LeftOutBlock(String id, String kind, Place place, String why, boolean loud) {}

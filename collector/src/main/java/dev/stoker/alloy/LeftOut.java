package dev.stoker.alloy;

/**
 * A block that the translation does not have.
 *
 * @param line see {@link Translation#place}
 * @param id such as <code>prometheus.scrape.default</code>
 * @param kind such as <code>prometheus.scrape</code>
 * @param why a sentence without its subject
 * @param loud profiles are missing because of it, or may be
 */
public record LeftOut(int line, String id, String kind, String why, boolean loud) {}

/** <code>pyroscope.scrape</code> as a component: its arguments, and what works in the graph. */
@org.jspecify.annotations.NullMarked
package dev.stoker.scrape.component;

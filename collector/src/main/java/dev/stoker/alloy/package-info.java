/**
 * Grafana Alloy's configuration syntax to Stoker's HOCON: text in, text out. {@link
 * dev.stoker.alloy.Translator} is the way in; lexer, parser, evaluation and writer follow each
 * other. Pure: whoever calls says how files are read. Grammar and functions as Alloy's public
 * documentation has them (reference/config-language of its docs).
 */
@NullMarked
package dev.stoker.alloy;

import org.jspecify.annotations.NullMarked;

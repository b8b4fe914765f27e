package dev.stoker.config.text;

/**
 * A block or a list that is open.
 *
 * @param line of its brace
 * @param column of its brace, from 0
 * @param before a component that begins in it; "" = none
 */
public record OpenBlock(String path, int line, int column, char closing, String before) {}

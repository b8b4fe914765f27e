package dev.stoker.alloy;

/**
 * A text in Alloy's syntax.
 *
 * @param name for messages and comments, such as the name of its file
 */
public record AlloyText(String name, String text) {}

/**
 * Alloy's syntax: the lexer makes tokens of a text, and the parser makes a tree of statements and
 * expressions of them. Depth and size are bounded. It knows no component.
 */
@NullMarked
package dev.stoker.alloy.syntax;

import org.jspecify.annotations.NullMarked;

/**
 * Computes the value of an expression: operators, functions of the standard library, and
 * references. Work and sizes are bounded. It asks {@link
 * dev.stoker.alloy.eval.Evaluator.Surroundings} for whatever stands outside of the expression.
 */
@NullMarked
package dev.stoker.alloy.eval;

import org.jspecify.annotations.NullMarked;

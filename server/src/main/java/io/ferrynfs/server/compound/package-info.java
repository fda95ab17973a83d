/**
 * The execution of one COMPOUND: its context, the table of operations and the interface that each
 * of them implements.
 */
@NullMarked
package io.ferrynfs.server.compound;

import org.jspecify.annotations.NullMarked;

/**
 * A volume in memory: complete, deterministic and bounded, for tests, simulations and scratch
 * space.
 */
@NullMarked
package io.ferrynfs.storage.memory;

import org.jspecify.annotations.NullMarked;

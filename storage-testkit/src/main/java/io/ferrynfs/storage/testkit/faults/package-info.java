/**
 * A decorator of a volume, with a plan by which calls fail, block or return short results. It
 * serves to test the users of a volume.
 */
@NullMarked
package io.ferrynfs.storage.testkit.faults;

import org.jspecify.annotations.NullMarked;

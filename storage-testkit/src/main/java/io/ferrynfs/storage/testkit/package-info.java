/**
 * The conformance kit for volumes. The author of a volume extends each abstract class of this
 * package in a test and provides a fresh volume. These tests need JUnit 6 and AssertJ on their
 * class path. The kit is in the main source set, so an ordinary dependency on this module is
 * sufficient, even if the build does not compile the tests of this module.
 *
 * <p>The tests of a missing feature are not skipped: the volume must fail with NOT_SUPPORTED.
 */
@NullMarked
package io.ferrynfs.storage.testkit;

import org.jspecify.annotations.NullMarked;

package io.ferrynfs.server.attribute;

import io.ferrynfs.server.export.Export;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.xdr.XdrWriter;
import org.jspecify.annotations.Nullable;

/**
 * The support of this server for one attribute.
 *
 * @param attr the attribute
 * @param needs the volume feature that it requires, null for none
 * @param getter reads it; null for a set-only attribute
 * @param setter sets it; null for a get-only attribute
 * @param atCreationOnly whether it can be set only at the creation of an object
 * @param withExclusiveCreate whether EXCLUSIVE4_1 may set it
 */
record Row<T>(
    Attr<T> attr,
    @Nullable Feature needs,
    @Nullable Getter<T> getter,
    @Nullable Setter<T> setter,
    boolean atCreationOnly,
    boolean withExclusiveCreate) {

  /** A getter of an attribute. */
  @FunctionalInterface
  interface Getter<T> {
    /** Returns the value, or null if this object has none. */
    @Nullable T get(Subject subject) throws StorageException;
  }

  /** A setter, which adds a value to the changes. */
  @FunctionalInterface
  interface Setter<T> {
    void set(Changes changes, T value) throws NfsStatusException;
  }

  static <T> Row<T> readOnly(Attr<T> attr, Getter<T> getter) {
    return new Row<>(attr, null, getter, null, false, false);
  }

  static <T> Row<T> readOnly(Attr<T> attr, Feature needs, Getter<T> getter) {
    return new Row<>(attr, needs, getter, null, false, false);
  }

  static <T> Row<T> readWrite(Attr<T> attr, Getter<T> getter, Setter<T> setter) {
    return new Row<>(attr, null, getter, setter, false, true);
  }

  static <T> Row<T> readWrite(Attr<T> attr, Feature needs, Getter<T> getter, Setter<T> setter) {
    return new Row<>(attr, needs, getter, setter, false, true);
  }

  static <T> Row<T> setOnly(Attr<T> attr, Setter<T> setter) {
    return new Row<>(attr, null, null, setter, false, false);
  }

  static <T> Row<T> atCreation(Attr<T> attr, Setter<T> setter) {
    return new Row<>(attr, null, null, setter, true, true);
  }

  boolean isSupportedBy(Export export) {
    return needs == null || export.volume().features().contains(needs);
  }

  /** Writes the value, if there is one, and returns whether there is. */
  boolean write(Subject subject, XdrWriter out) throws StorageException {
    T value = getter == null ? null : getter.get(subject);
    if (value == null) {
      return false;
    }
    attr.encode(value, out);
    return true;
  }
}

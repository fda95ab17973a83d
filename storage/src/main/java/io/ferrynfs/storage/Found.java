package io.ferrynfs.storage;

/** An object that {@link Volume#lookup} found. */
public record Found(Handle handle, Attributes attributes) {}

package org.amalgam.pipelines.stage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class that lists extensions, such as all merge methods: it, and what it refers to, is
 * left out of code fingerprints. The record that a recipe chooses from the list is put in again, so
 * that a change of one method changes the keys of that method only.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Registry {}

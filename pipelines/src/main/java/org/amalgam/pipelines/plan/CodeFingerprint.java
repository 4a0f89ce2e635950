package org.amalgam.pipelines.plan;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.amalgam.artifacts.Digest;

/**
 * The digest of the code that computes something: of every class of ours that can be reached from
 * some roots through references in bytecode.
 *
 * <p>The roots are what {@code StageType.code()} names and the records that the recipe chooses.
 * Classes of libraries are not followed. Nor are classes marked {@code Registry}, since through a
 * list of all methods every method would reach every other. Interfaces do not lead to what
 * implements them: who picks an implementation by other means than a chosen record names it in
 * {@code code()}.
 */
final class CodeFingerprint {
  private static final Map<List<Class<?>>, Digest> MEMO = new ConcurrentHashMap<>();
  private static final Map<String, NormalForm> CLASSES = new ConcurrentHashMap<>();

  private CodeFingerprint() {}

  /** The fingerprint of the classes that roots reach, as they are on the class path. */
  static Digest of(Collection<Class<?>> roots) {
    List<Class<?>> given = List.copyOf(roots);
    Digest known = MEMO.get(given);
    if (known == null) {
      Set<String> names = new TreeSet<>();
      given.forEach(root -> names.add(root.getName().replace('.', '/')));
      ClassLoader loader =
          given.stream()
              .map(Class::getClassLoader)
              .filter(java.util.Objects::nonNull)
              .findFirst()
              .orElse(CodeFingerprint.class.getClassLoader());
      known =
          digest(
              closure(
                  names,
                  name ->
                      CLASSES.computeIfAbsent(
                          name, key -> NormalForm.of(key, one -> NormalForm.read(loader, one)))));
      MEMO.put(given, known);
    }
    return known;
  }

  /** Name to digest of each class that is reached, the roots among them. */
  static SortedMap<String, Digest> closure(
      Set<String> roots, java.util.function.Function<String, NormalForm> read) {
    SortedMap<String, Digest> closure = new TreeMap<>();
    Deque<String> open = new ArrayDeque<>(roots);
    Set<String> seen = new TreeSet<>(roots);
    while (!open.isEmpty()) {
      String name = open.remove();
      NormalForm form = read.apply(name);
      if (form.isRegistry()) {
        continue;
      }
      closure.put(name, form.digest());
      for (String reference : form.references()) {
        if (seen.add(reference)) {
          open.add(reference);
        }
      }
    }
    return closure;
  }

  static Digest digest(SortedMap<String, Digest> closure) {
    List<String> lines =
        closure.entrySet().stream().map(one -> one.getValue().hex() + " " + one.getKey()).toList();
    return Digest.of(String.join("\n", lines));
  }
}

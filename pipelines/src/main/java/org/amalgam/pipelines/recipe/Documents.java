package org.amalgam.pipelines.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a recipe's file and all that it includes, each once: included files first. */
final class Documents {
  private static final long BYTES = 8 << 20;

  private final List<Value.Entries> documents = new ArrayList<>();
  private final Set<Path> read = new LinkedHashSet<>();
  private final List<Path> open = new ArrayList<>();
  private final List<Problem> problems;

  private Documents(List<Problem> problems) {
    this.problems = problems;
  }

  /** The documents; the recipe itself is the last one, if it could be read. */
  static List<Value.Entries> read(Path file, List<Problem> problems) {
    Documents documents = new Documents(problems);
    documents.add(file, null);
    return documents.documents;
  }

  private void add(Path file, @Nullable Place from) {
    Path known = file.toAbsolutePath().normalize();
    if (open.contains(known)) {
      Place place = from == null ? start(file) : from;
      problems.add(place.problem("the recipe includes itself through " + file, "remove one"));
      return;
    }
    if (!read.add(known)) {
      return;
    }
    String text = text(file, from == null ? start(file) : from);
    if (text == null) {
      return;
    }
    Value root = YamlText.read(Source.of(file.toString(), text), text, problems);
    if (root == null) {
      return;
    }
    if (!(root instanceof Value.Entries entries)) {
      problems.add(
          root.place()
              .problem("a recipe is a mapping, this is " + root.described(), "write recipe: NAME"));
      return;
    }
    open.add(known);
    Value included = entries.get("include");
    List<Value> includes =
        included == null ? null : new Expected(problems).list("include", included);
    if (includes != null) {
      includes.forEach(include -> include(file, include));
    }
    open.remove(known);
    documents.add(entries);
  }

  private void include(Path file, Value include) {
    if (include instanceof Value.Scalar scalar && scalar.value() instanceof String name) {
      if (name.indexOf(0) < 0 && !Path.of(name).isAbsolute()) {
        add(file.resolveSibling(name).normalize(), include.place());
        return;
      }
    }
    problems.add(
        include
            .place()
            .problem(
                "an included file must be a path relative to the recipe",
                "write include: [parts/corpus.yaml]"));
  }

  private @Nullable String text(Path file, Place place) {
    try {
      if (!Files.exists(file)) {
        problems.add(place.problem("there is no file " + file, "check the path"));
        return null;
      }
      if (!Files.isRegularFile(file) || Files.size(file) > BYTES) {
        problems.add(
            place.problem(file + " is not a text file of at most " + BYTES + " bytes", ""));
        return null;
      }
      byte[] bytes = Files.readAllBytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      problems.add(start(file).problem("the file is not UTF-8", "save it as UTF-8"));
    } catch (IOException e) {
      problems.add(place.problem(file + " cannot be read: " + e.getMessage(), "check the path"));
    }
    return null;
  }

  private static Place start(Path file) {
    return new Place(Source.of(file.toString(), ""), 1, 1);
  }
}

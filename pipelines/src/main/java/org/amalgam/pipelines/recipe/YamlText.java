package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML text to {@link Value}s.
 *
 * <p>{@code ${name}} may stand unquoted anywhere: while the text is parsed, its punctuation is
 * stood in for by as many private-use characters, so that lines and columns stay right.
 */
final class YamlText {
  private static final int DEPTH = 50;
  private static final int ALIASES = 50;
  private static final int VALUES = 1_000_000;

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^{}\\n\"']*\\}");
  private static final String PUNCTUATION = "${}[],:#&*!|>'\"%@` =?-";
  private static final char STAND_IN = '\uF8C0';

  /** JSON-like values and what plain scalars are taken for; no others can be made from a recipe. */
  private static final Set<Tag> TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.MAP,
          Tag.SEQ,
          Tag.TIMESTAMP,
          Tag.MERGE,
          new Tag(Tag.PREFIX + "value"));

  private final Source source;
  private final List<Problem> problems;
  private int values;

  private YamlText(Source source, List<Problem> problems) {
    this.source = source;
    this.problems = problems;
  }

  /** The value of a text, or null if it is no YAML or empty; then there is a problem. */
  static @Nullable Value read(Source source, String text, List<Problem> problems) {
    YamlText reading = new YamlText(source, problems);
    int misplaced = standIns(text);
    if (misplaced >= 0) {
      problems.add(
          reading
              .at(text, misplaced)
              .problem("a private-use character cannot be used in a recipe", "remove it"));
      return null;
    }
    int control = control(text);
    if (control >= 0) {
      String number = "%04X".formatted((int) text.charAt(control));
      problems.add(
          reading
              .at(text, control)
              .problem(
                  "the control character U+" + number + " cannot be used in a recipe",
                  "remove it, and save the file as UTF-8"));
      return null;
    }
    int before = problems.size();
    try {
      Value value = reading.parse(text);
      return problems.size() == before ? value : null;
    } catch (MarkedYAMLException e) {
      problems.add(reading.syntax(e));
    } catch (YAMLException e) {
      // It says so of nesting only, and not where.
      problems.add(
          reading
              .place(0, 0)
              .problem("this is not YAML: " + e.getMessage(), "nest less than " + DEPTH + " deep"));
    } catch (TooLarge e) {
      problems.add(
          e.place.problem(
              "this text expands to more than " + VALUES + " values", "use fewer aliases"));
    }
    return null;
  }

  private @Nullable Value parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEPTH);
    options.setMaxAliasesForCollections(ALIASES);
    options.setCodePointLimit(Integer.MAX_VALUE);
    // Nothing is made from tags; those that are not JSON-like are refused below.
    options.setTagInspector(tag -> true);
    Matcher matcher = REFERENCE.matcher(text);
    Node root =
        new Yaml(options)
            .compose(
                new java.io.StringReader(
                    matcher.replaceAll(found -> Matcher.quoteReplacement(hide(found.group())))));
    if (root == null) {
      problems.add(place(0, 0).problem("the text is empty", "write recipe: NAME first"));
      return null;
    }
    return value(root, new ArrayList<>());
  }

  private Value value(Node node, List<Node> above) {
    Place place = place(node.getStartMark());
    if (++values > VALUES) {
      throw new TooLarge(place);
    }
    for (Node outer : above) {
      if (outer == node) {
        problems.add(place.problem("an alias stands inside what it names", "remove it"));
        return new Value.Scalar(null, place);
      }
    }
    if (!TAGS.contains(node.getTag())) {
      problems.add(
          place.problem("the tag " + node.getTag() + " cannot be used in a recipe", "remove it"));
    }
    above.add(node);
    Value value;
    if (node instanceof MappingNode mapping) {
      value = entries(mapping, place, above);
    } else if (node instanceof SequenceNode sequence) {
      List<Value> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(value(item, above)));
      value = new Value.Items(items, place);
    } else {
      value = scalar((ScalarNode) node, place);
    }
    above.remove(above.size() - 1);
    return value;
  }

  private static Value scalar(ScalarNode node, Place place) {
    String text = show(node.getValue());
    boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
    return new Value.Scalar(plain ? PlainScalars.read(text) : text, place);
  }

  private Value entries(MappingNode mapping, Place place, List<Node> above) {
    Map<String, Value.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place key = place(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode node)) {
        problems.add(key.problem("a key must be a text", "write name: value"));
        continue;
      }
      String name = show(node.getValue());
      if (Tag.MERGE.equals(node.getTag())) {
        problems.add(
            key.problem("merge keys (<<) are not part of recipes", "use a variable: ${name}"));
      }
      Value.Entry before = entries.get(name);
      if (before != null) {
        problems.add(
            key.problem(
                "the key " + name + " is there twice",
                "it was first used at " + before.key() + "; remove one"));
      }
      entries.put(name, new Value.Entry(key, value(tuple.getValueNode(), above)));
    }
    return new Value.Entries(entries, place);
  }

  private Problem syntax(MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    // Something that is never closed is found at the end of the text.
    if (mark == null || (e.getContextMark() != null && mark.getLine() >= source.lines().size())) {
      mark = e.getContextMark();
    }
    Place place = mark == null ? place(0, 0) : place(mark);
    String context = e.getContext() == null ? "" : e.getContext() + ", ";
    return place.problem(
        show("this is not YAML: " + context + String.valueOf(e.getProblem()).strip()), "");
  }

  private Place place(Mark mark) {
    return place(mark.getLine(), mark.getColumn());
  }

  private Place place(int line, int column) {
    return new Place(source, source.firstLine() + line, column + 1);
  }

  private Place at(String text, int index) {
    String before = text.substring(0, index);
    int line = (int) before.chars().filter(c -> c == '\n').count();
    int start = before.lastIndexOf('\n') + 1;
    return place(line, before.codePointCount(start, index));
  }

  /** Where the first character is that YAML does not know; -1 if there is none. */
  private static int control(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean known = c == '\t' || c == '\n' || c == '\r' || c == '\u0085';
      if (!known && (Character.isISOControl(c) || c == '\uFFFE' || c == '\uFFFF')) {
        return i;
      }
    }
    return -1;
  }

  private static String hide(String text) {
    StringBuilder hidden = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      int index = PUNCTUATION.indexOf(text.charAt(i));
      if (index >= 0) {
        hidden.setCharAt(i, (char) (STAND_IN + index));
      }
    }
    return hidden.toString();
  }

  private static String show(String text) {
    if (standIns(text) < 0) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      int index = text.charAt(i) - STAND_IN;
      if (index >= 0 && index < PUNCTUATION.length()) {
        shown.setCharAt(i, PUNCTUATION.charAt(index));
      }
    }
    return shown.toString();
  }

  private static int standIns(String text) {
    for (int i = 0; i < text.length(); i++) {
      int index = text.charAt(i) - STAND_IN;
      if (index >= 0 && index < PUNCTUATION.length()) {
        return i;
      }
    }
    return -1;
  }

  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Place place;

    private TooLarge(Place place) {
      super(null, null, false, false);
      this.place = place;
    }
  }
}

package org.amalgam.stages.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * The fields of a model's {@code config.json}, each told by name where it is not as it must be.
 *
 * @param file for messages
 */
record JsonFields(Path file, JsonNode json) {
  /** A text. */
  String text(String name) throws StageFailure {
    JsonNode value = value(name);
    if (!value.isTextual()) {
      throw wrong(name, "a text", value);
    }
    return value.textValue();
  }

  /** A list of texts. */
  List<String> texts(String name) throws StageFailure {
    JsonNode value = value(name);
    List<String> texts = new ArrayList<>();
    value.forEach(one -> texts.add(one.asText()));
    if (!value.isArray()) {
      throw wrong(name, "a list of texts", value);
    }
    return texts;
  }

  /** A whole number. */
  int number(String name, int least) throws StageFailure {
    JsonNode value = value(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
      throw wrong(name, "a whole number of at least " + least, value);
    }
    return value.intValue();
  }

  /** What a text stands for, by a function that refuses what it does not know. */
  <T> T known(String name, String text, Function<String, T> meaning) throws StageFailure {
    try {
      return meaning.apply(text);
    } catch (IllegalArgumentException e) {
      throw new StageFailure("%s: %s \"%s\" is not known".formatted(file, name, text), e);
    }
  }

  private JsonNode value(String name) throws StageFailure {
    JsonNode value = json.get(name);
    if (value == null) {
      throw new StageFailure(
          ("%s: has no \"%s\", so it is not the config.json of a model of this program; put there"
                  + " the one that was written with the checkpoint, or make one with convert")
              .formatted(file, name));
    }
    return value;
  }

  private StageFailure wrong(String name, String wanted, JsonNode value) {
    String found = value.toString();
    return new StageFailure(
        "%s: \"%s\" must be %s, is %s"
            .formatted(
                file, name, wanted, found.length() > 40 ? found.substring(0, 40) + "..." : found));
  }
}

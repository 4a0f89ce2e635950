package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Input;
import org.junit.jupiter.api.Test;

class DetachedStageTest {
  private static DetachedStage detached(Point point, Map<String, Object> settings) {
    String text = CanonicalJson.write(settings);
    return DetachedStage.of(
        SmallStages.catalog(), point.name(), point.type().name(), objects(text));
  }

  @SuppressWarnings("unchecked") // JSON objects have text for keys
  private static Map<String, Object> objects(String text) {
    return (Map<String, Object>) CanonicalJson.parse(text);
  }

  private static Map<String, List<Input>> inputs(Point point) {
    Map<String, List<Input>> inputs = new LinkedHashMap<>();
    point
        .inputs()
        .forEach((port, from) -> inputs.put(port, from.stream().map(p -> input(p)).toList()));
    return inputs;
  }

  private static Input input(Point from) {
    return new Input(from.type().produces(), Digest.of(from.name()), Path.of(from.name()));
  }

  @Test
  void settingsSurviveTheWayThroughJson() throws Exception {
    List<Point> points = RecipeFile.finalRecipe().plan().points();
    assertThat(points).hasSizeGreaterThan(10);
    for (Point point : points) {
      Record bound = detached(point, point.allSettings()).bind(inputs(point));

      assertThat(Binder.plain(bound, true)).isEqualTo(point.allSettings());
    }
  }

  @Test
  void settingsThatOtherSourcesBindInAnotherWayAreRefused() throws Exception {
    Point world = RecipeFile.finalRecipe().plan().points().get(0);
    Map<String, Object> fewer = new TreeMap<>(world.allSettings());
    fewer.remove("image-size");

    assertThatThrownBy(() -> detached(world, fewer).bind(Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the settings of " + world.name());
  }

  @Test
  void aTypeThatThisProgramLacksIsNamed() {
    assertThatThrownBy(() -> DetachedStage.of(SmallStages.catalog(), "x", "sorcery", Map.of()))
        .hasMessageContaining("no stage type sorcery");
  }
}

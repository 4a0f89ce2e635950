package org.amalgam.stages.training;

import java.lang.reflect.RecordComponent;
import java.util.SortedMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.tensor.HostTensor;
import org.jspecify.annotations.Nullable;

/** Tells two trainings apart by all that their weights depend on. */
final class TrainingIdentity {
  private TrainingIdentity() {}

  /**
   * The digest of settings, inputs, seed, environment class and the weights to start from; not of
   * places or of settings that cannot change the result.
   */
  static Digest of(Record settings, StageContext context, SortedMap<String, HostTensor> weights) {
    StringBuilder text = new StringBuilder("training 1\n");
    describe(settings, text);
    text.append("\nseed ").append(context.seed()).append(" on ").append(context.environment());
    weights.forEach(
        (name, tensor) -> {
          byte[] bytes = new byte[tensor.data().remaining()];
          tensor.data().get(bytes);
          text.append("\n").append(name).append(" ").append(tensor.info());
          text.append(" ").append(Digest.of(bytes));
        });
    return Digest.of(text.toString());
  }

  private static void describe(@Nullable Object value, StringBuilder text) {
    if (value instanceof Input input) {
      text.append(input.digest());
    } else if (value instanceof Record record) {
      text.append(value.getClass().getSimpleName()).append("(");
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        if (!component.isAnnotationPresent(Incidental.class)) {
          text.append(component.getName()).append("=");
          describe(get(record, component), text);
          text.append(" ");
        }
      }
      text.append(")");
    } else {
      text.append(value);
    }
  }

  private static @Nullable Object get(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.amalgam.pipelines.plan;

import java.util.List;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Value;

/**
 * Whether what is written for a port is a reference, a choice of them, or for some ports a list.
 */
record PortCheck(StageEntry entry, Setting port, List<Problem> problems) {
  boolean isSound(Value value) {
    if (value instanceof Value.Reference || value instanceof Value.Unknown) {
      return true;
    }
    if (value instanceof Value.Entries choice && choice.isChoice()) {
      Value each = choice.get("each");
      if (each instanceof Value.Entries labelled && !labelled.isChoice()) {
        return labelled.entries().values().stream().allMatch(one -> isChoiceSound(one.value()));
      }
      if (each instanceof Value.Items list) {
        return list.items().stream().allMatch(this::isChoiceSound);
      }
      return each != null && isChoiceSound(each);
    }
    if (value instanceof Value.Items list && port.isListPort()) {
      boolean sound = true;
      for (Value item : list.items()) {
        sound &= isSound(item);
      }
      return sound;
    }
    problems.add(
        value
            .place()
            .problem(
                port.name() + ": expected a stage, found " + value.described(),
                "write " + port.name() + ": ${STAGE}"));
    return false;
  }

  /** An optional port may be left empty in one of its choices. */
  private boolean isChoiceSound(Value value) {
    return (port.isOptional() && Conversion.isEmpty(value)) || isSound(value);
  }
}

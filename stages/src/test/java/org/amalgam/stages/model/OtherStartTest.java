package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OtherStartTest {
  @Test
  void onlyTheNamedModalitysExpertsComeFromElsewhere() {
    ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 5, Head.ITC);
    Checkpoint one = new Checkpoint(config, PicoModel.weights(config, 1));
    Checkpoint other = new Checkpoint(config, PicoModel.weights(config, 2));
    Checkpoint mixed = one.withExperts(Modality.LANGUAGE, other);
    assertThat(mixed.weights().keySet()).isEqualTo(one.weights().keySet());
    mixed
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor)
                    .as(name)
                    .isSameAs((name.contains(".l.") ? other : one).weights().get(name)));
  }
}

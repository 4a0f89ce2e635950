package org.amalgam.stages.data.coco;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VqaFilesTest {
  @ParameterizedTest
  @CsvSource({
    "Yes, yes",
    "the red one., red 1",
    "'two dogs', 2 dogs",
    "none, 0",
    "'1,000', 1000",
    "3:30, 3:30",
    "don't, don't",
    "'yes!', yes",
    "t-shirt, t-shirt",
    "'in  a   tree', in tree",
    "2.5, 2.5"
  })
  void answersAreComparedInOneForm(String given, String expected) {
    assertThat(VqaFiles.normalised(given)).isEqualTo(expected);
  }
}

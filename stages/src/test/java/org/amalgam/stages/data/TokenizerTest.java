package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  /** The hash that bert-base-uncased/vocab.txt is published with. */
  @Test
  void theVocabularyIsThatOfBert() throws Exception {
    byte[] bytes =
        Resources.toByteArray(
            Resources.getResource(Tokenizer.class, "bert-base-uncased-vocab.txt"));

    assertThat(Hashing.sha256().hashBytes(bytes).toString())
        .isEqualTo("07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3");
    assertThat(Vocabulary.bert().size()).isEqualTo(30_522);
  }

  @Test
  void wordsBecomeTheIdsThatBertKnowsThemBy() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();

    assertThat(tokenizer.encode("Hello, world!", 16))
        .containsExactly(101, 7592, 1010, 2088, 999, 102);
    assertThat(pieces(tokenizer, "unaffable")).containsExactly("una", "##ffa", "##ble");
    assertThat(pieces(tokenizer, "  Caf\u00E9s\tdon't\u00A0sleep "))
        .containsExactly("cafes", "don", "'", "t", "sleep");
    assertThat(pieces(tokenizer, "\u65E5\u672C$5")).containsExactly("\u65E5", "\u672C", "$", "5");
  }

  @Test
  void whatNoPieceFitsIsOneUnknown() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();

    assertThat(pieces(tokenizer, "a \uD83D\uDC36 b")).containsExactly("a", "[UNK]", "b");
    assertThat(pieces(tokenizer, "x".repeat(101))).containsExactly("[UNK]");
  }

  @Test
  void longTextsAreCutBeforeTheLastMark() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();

    int[] ids = tokenizer.encode("one two three four five", 4);

    assertThat(ids).startsWith(tokenizer.clsId()).hasSize(4).endsWith(tokenizer.sepId());
    assertThat(tokenizer.encode("", 4)).containsExactly(tokenizer.clsId(), tokenizer.sepId());
  }

  @Test
  void onlyFirstPiecesStartWords() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();
    int[] ids = tokenizer.encode("unaffable", 8);

    assertThat(Arrays.stream(ids).mapToObj(tokenizer::startsWord))
        .containsExactly(false, true, false, false, false);
  }

  @Test
  void theVocabularyOfACorpusCutsItsTextsAsTheWholeOneDoes() throws Exception {
    Tokenizer whole = Vocabulary.bert();
    List<String> texts =
        GeneratedCorpus.SMALL.draft(32).captions().stream().map(each -> each.text()).toList();

    Tokenizer small = Vocabulary.occurring(whole, texts);

    assertThat(small.pieces()).startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    assertThat(small.size()).isBetween(500, 2_000);
    for (String text : texts) {
      assertThat(pieces(small, text)).isEqualTo(pieces(whole, text));
    }
    int[] order =
        small.pieces().stream().skip(5).mapToInt(piece -> whole.pieces().indexOf(piece)).toArray();
    assertThat(order).isSorted().doesNotContain(-1);
  }

  @Test
  void aVocabularyThatIsNotOneIsRefused() {
    assertThatThrownBy(() -> new Tokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]")))
        .hasMessage("vocabulary lacks [MASK]");
    assertThatThrownBy(() -> new Tokenizer(List.of("dog", "dog")))
        .hasMessage("vocabulary holds dog twice");
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text, Integer.MAX_VALUE);
    return Arrays.stream(ids, 1, ids.length - 1)
        .mapToObj(id -> tokenizer.pieces().get(id))
        .toList();
  }
}

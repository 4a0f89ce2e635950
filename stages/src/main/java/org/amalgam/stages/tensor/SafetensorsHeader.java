package org.amalgam.stages.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The JSON at the start of a safetensors file.
 *
 * @param tensors where each tensor lies, counted from the end of the header
 * @param metadata free text by name
 */
record SafetensorsHeader(SortedMap<String, Extent> tensors, SortedMap<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** The format's own limit, so that a small file cannot ask for a large buffer. */
  static final long MAX_BYTES = 100_000_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  /** The bytes {@code begin} (inclusive) to {@code end} (exclusive) hold a tensor. */
  record Extent(TensorInfo info, long begin, long end) {}

  /**
   * The start of a file that is to hold tensors: the header's length, then the header.
   *
   * @param metadata free texts; {@code format: pt} is added if there is no format
   * @throws TensorFileException if a tensor has a name that the format cannot hold or the header is
   *     too large
   */
  static ByteBuffer start(
      Path file, SortedMap<String, Extent> tensors, Map<String, String> metadata)
      throws IOException {
    if (tensors.containsKey(METADATA)) {
      throw new TensorFileException(file, "no tensor can be named " + METADATA + "; rename it");
    }
    SortedMap<String, String> texts = new TreeMap<>(metadata);
    texts.putIfAbsent("format", "pt");
    byte[] header = new SafetensorsHeader(tensors, texts).render();
    if (header.length > MAX_BYTES) {
      throw new TensorFileException(
          file, "a header of " + header.length + " bytes is too large; shorten the metadata");
    }
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    return start.putLong(header.length).put(header).flip();
  }

  /** Parses and checks that the tensors fill {@code dataBytes} bytes exactly, without overlap. */
  static SafetensorsHeader parse(Path file, ByteBuffer header, long dataBytes)
      throws TensorFileException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(header).toString();
    } catch (CharacterCodingException e) {
      throw new TensorFileException(file, "the header is not UTF-8", e);
    }
    if (!text.startsWith("{")) {
      throw new TensorFileException(file, "the header does not start with {");
    }
    try (JsonParser parser = JSON.createParser(text)) {
      SafetensorsHeader parsed = new Parse(file, parser).header();
      parsed.checkExtents(file, dataBytes);
      return parsed;
    } catch (JsonProcessingException e) {
      throw new TensorFileException(file, "the header is not JSON: " + e.getOriginalMessage(), e);
    } catch (TensorFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TensorFileException(file, "the header cannot be read: " + e.getMessage(), e);
    }
  }

  private void checkExtents(Path file, long dataBytes) throws TensorFileException {
    List<Map.Entry<String, Extent>> byPlace = new ArrayList<>(tensors.entrySet());
    byPlace.sort(
        Comparator.comparingLong((Map.Entry<String, Extent> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long filled = 0;
    for (Map.Entry<String, Extent> entry : byPlace) {
      Extent extent = entry.getValue();
      String tensor = "tensor " + entry.getKey();
      if (extent.begin() < 0 || extent.end() < extent.begin() || extent.end() > dataBytes) {
        throw new TensorFileException(
            file,
            tensor
                + " lies at "
                + extent.begin()
                + " to "
                + extent.end()
                + ", outside of the "
                + dataBytes
                + " bytes of data; is the file truncated?");
      }
      if (extent.end() - extent.begin() != extent.info().byteSize()) {
        throw new TensorFileException(
            file,
            tensor
                + " has "
                + (extent.end() - extent.begin())
                + " bytes, but "
                + extent.info()
                + " takes "
                + extent.info().byteSize());
      }
      if (extent.begin() != filled) {
        throw new TensorFileException(
            file,
            tensor
                + " starts at byte "
                + extent.begin()
                + (extent.begin() < filled ? ", inside of another; " : ", after a gap; ")
                + filled
                + " was expected");
      }
      filled = extent.end();
    }
    if (filled != dataBytes) {
      throw new TensorFileException(
          file, "the tensors fill " + filled + " of " + dataBytes + " bytes of data");
    }
  }

  /** The header as bytes, padded with spaces to a multiple of 8. The same bytes every time. */
  byte[] render() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart(METADATA);
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      for (Map.Entry<String, Extent> entry : tensors.entrySet()) {
        Extent extent = entry.getValue();
        long[] shape = extent.info().shape();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", extent.info().dtype().name());
        json.writeFieldName("shape");
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {extent.begin(), extent.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    byte[] header = bytes.toByteArray();
    byte[] padded = Arrays.copyOf(header, (header.length + 7) / 8 * 8);
    Arrays.fill(padded, header.length, padded.length, (byte) ' ');
    return padded;
  }

  /** One walk over the tokens; duplicate names are refused by the parser. */
  private record Parse(Path file, JsonParser parser) {
    SafetensorsHeader header() throws IOException {
      SortedMap<String, Extent> tensors = new TreeMap<>();
      SortedMap<String, String> metadata = new TreeMap<>();
      expect(parser.nextToken() == JsonToken.START_OBJECT, "the header", "an object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = text(parser.currentName());
        parser.nextToken();
        if (name.equals(METADATA)) {
          metadata(metadata);
        } else {
          tensors.put(name, extent("tensor " + name));
        }
      }
      expect(parser.nextToken() == null, "the header", "one object and nothing after it");
      return new SafetensorsHeader(tensors, metadata);
    }

    private void metadata(SortedMap<String, String> metadata) throws IOException {
      expect(parser.currentToken() == JsonToken.START_OBJECT, METADATA, "an object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = text(parser.currentName());
        expect(parser.nextToken() == JsonToken.VALUE_STRING, METADATA + "." + key, "a text");
        metadata.put(key, text(parser.getText()));
      }
    }

    private Extent extent(String tensor) throws IOException {
      expect(parser.currentToken() == JsonToken.START_OBJECT, tensor, "an object");
      DType dtype = null;
      long[] shape = null;
      long[] offsets = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "dtype" -> dtype = dtype(tensor);
          case "shape" -> shape = longs(tensor + ": shape");
          case "data_offsets" -> offsets = longs(tensor + ": data_offsets");
          default -> throw new TensorFileException(file, tensor + " has a strange field " + field);
        }
      }
      if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
        throw new TensorFileException(
            file, tensor + " needs dtype, shape and data_offsets of two numbers");
      }
      try {
        return new Extent(new TensorInfo(dtype, shape), offsets[0], offsets[1]);
      } catch (IllegalArgumentException e) {
        throw new TensorFileException(file, tensor + ": " + e.getMessage(), e);
      }
    }

    private DType dtype(String tensor) throws IOException {
      expect(parser.currentToken() == JsonToken.VALUE_STRING, tensor + ": dtype", "a text");
      String name = parser.getText();
      return DType.named(name)
          .orElseThrow(
              () ->
                  new TensorFileException(
                      file,
                      tensor
                          + " has the unknown dtype "
                          + name
                          + "; known are "
                          + Arrays.toString(DType.values())));
    }

    private long[] longs(String what) throws IOException {
      expect(parser.currentToken() == JsonToken.START_ARRAY, what, "a list of whole numbers");
      List<Long> values = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
        expect(whole, what, "a list of whole numbers");
        values.add(parser.getLongValue());
      }
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** Half of a surrogate pair, written as an escape, has no UTF-8. */
    private String text(String value) throws TensorFileException {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
        throw new TensorFileException(file, "a text of the header is not Unicode");
      }
      return value;
    }

    private void expect(boolean holds, String what, String expected) throws TensorFileException {
      if (!holds) {
        throw new TensorFileException(file, what + " is not " + expected);
      }
    }
  }
}

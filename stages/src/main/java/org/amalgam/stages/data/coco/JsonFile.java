package org.amalgam.stages.data.coco;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.StageFailure;

/** Reads JSON into records, leaving out what they do not name. */
final class JsonFile {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private JsonFile() {}

  static <T> T read(Path path, Class<T> type) throws IOException, StageFailure {
    try (InputStream stream = Files.newInputStream(path)) {
      return MAPPER.readValue(stream, type);
    } catch (NoSuchFileException e) {
      throw new StageFailure(path + " is missing; download it or mend the setting", e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new StageFailure(
          path
              + where
              + ": cannot be read as JSON of this kind; download it again ("
              + e.getOriginalMessage().lines().findFirst().orElse("no reason given")
              + ")",
          e);
    }
  }
}

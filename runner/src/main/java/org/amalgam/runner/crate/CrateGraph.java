package org.amalgam.runner.crate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entities of a crate, each under its one id, in the order in which they were added. */
final class CrateGraph {
  /** One entity: a type, and properties whose empty values are left out. */
  static final class Entity {
    private final Map<String, Object> properties = new LinkedHashMap<>();

    private Entity(String id, Object type) {
      properties.put("@id", id);
      properties.put("@type", type);
    }

    String id() {
      return String.valueOf(properties.get("@id"));
    }

    Entity with(String property, @Nullable Object value) {
      if (value != null && !value.equals("") && !List.of().equals(value)) {
        properties.put(property, value);
      }
      return this;
    }

    Entity ref(String property, String id) {
      return with(property, reference(id));
    }

    Entity refs(String property, Collection<String> ids) {
      return with(property, ids.stream().distinct().map(CrateGraph::reference).toList());
    }
  }

  private final Map<String, Entity> entities = new LinkedHashMap<>();

  /** A new entity. */
  Entity add(String id, String... types) {
    Entity entity = new Entity(id, types.length == 1 ? types[0] : List.of(types));
    if (entities.putIfAbsent(id, entity) != null) {
      throw new IllegalStateException("two entities of the crate have the id " + id);
    }
    return entity;
  }

  boolean has(String id) {
    return entities.containsKey(id);
  }

  private static Map<String, String> reference(String id) {
    return Map.of("@id", id);
  }

  /** As JSON-LD. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "@context",
        List.of(
            "https://w3id.org/ro/crate/1.1/context",
            "https://w3id.org/ro/terms/workflow-run/context"));
    List<Map<String, Object>> graph = new ArrayList<>();
    entities.values().forEach(entity -> graph.add(entity.properties));
    json.put("@graph", graph);
    return json;
  }
}

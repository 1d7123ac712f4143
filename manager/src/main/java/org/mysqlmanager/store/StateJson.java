package org.mysqlmanager.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Sight;

/**
 * The values of the znodes: JSON that a person can read with {@code zkCli.sh get}. Instants are in
 * ISO 8601, durations a number of milliseconds or seconds with its unit, as in the configuration.
 */
public final class StateJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(durations())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          // What a later version has added is passed over; what it changed, the schema number says.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
          .build();

  private StateJson() {}

  /** A value that is there but cannot be understood. The message is one sentence for people. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message, Throwable cause) {
      super(message, cause);
    }

    Unreadable(String message) {
      super(message);
    }
  }

  /** A value as text. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(value.getClass() + " cannot be written as JSON", e);
    }
  }

  /**
   * Reads a spec. One that says nothing of TLS was stored before there was a choice: servers were
   * connected to with TLS if they offered it, and still are, until an operator asks for more.
   */
  static ClusterSpec readSpec(String json) throws Unreadable {
    ClusterSpec spec = read(json, ClusterSpec.class);
    return tree(json).has("tls") ? spec : spec.withTls(MySqlTls.PREFERRED);
  }

  /** Reads a state of this schema version; there is no older one yet. */
  static ClusterState readState(String json) throws Unreadable {
    int schema = tree(json).path("schema").asInt(0);
    if (schema != ClusterState.SCHEMA) {
      throw new Unreadable(
          "schema %d is not known to this version, which knows %d: run the version that wrote it"
              .formatted(schema, ClusterState.SCHEMA));
    }
    return read(json, ClusterState.class);
  }

  static HistoryRecord readRecord(String json) throws Unreadable {
    return read(json, HistoryRecord.class);
  }

  /** How a manager sees each server; what it says of one in other words than ours is left out. */
  static Map<ServerId, Sight> readView(String json) throws Unreadable {
    Map<ServerId, Sight> view = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : tree(json).properties()) {
      String word = entry.getValue().asText().split(":", 2)[0];
      Optional<Sight> sight =
          Arrays.stream(Sight.values())
              .filter(one -> one.name().equalsIgnoreCase(word))
              .findFirst();
      if (sight.isPresent()) {
        view.put(serverId(entry.getKey()), sight.get());
      }
    }
    return view;
  }

  private static ServerId serverId(String name) throws Unreadable {
    try {
      return new ServerId(name);
    } catch (IllegalArgumentException e) {
      throw new Unreadable(String.valueOf(e.getMessage()), e);
    }
  }

  private static JsonNode tree(String json) throws Unreadable {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new Unreadable("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static <T> T read(String json, Class<T> type) throws Unreadable {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new Unreadable("the value is empty");
      }
      return value;
    } catch (JsonProcessingException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      String why =
          root instanceof JsonProcessingException p ? p.getOriginalMessage() : root.getMessage();
      throw new Unreadable(String.valueOf(why), e);
    }
  }

  private static SimpleModule durations() {
    return new SimpleModule()
        .addSerializer(
            Duration.class,
            new StdSerializer<>(Duration.class) {
              private static final long serialVersionUID = 1L;

              @Override
              public void serialize(Duration value, JsonGenerator json, SerializerProvider provider)
                  throws IOException {
                long millis = value.toMillis();
                json.writeString(millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms");
              }
            })
        .addDeserializer(
            Duration.class,
            new StdDeserializer<>(Duration.class) {
              private static final long serialVersionUID = 1L;

              @Override
              public Duration deserialize(JsonParser json, DeserializationContext context)
                  throws IOException {
                String text = json.getText();
                try {
                  return io.dropwizard.util.Duration.parse(text).toJavaDuration();
                } catch (IllegalArgumentException e) {
                  return (Duration)
                      context.handleWeirdStringValue(
                          Duration.class, text, "give a number and a unit, such as 5s or 500ms");
                }
              }
            });
  }
}

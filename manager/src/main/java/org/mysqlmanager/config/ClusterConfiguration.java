package org.mysqlmanager.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.mysqlmanager.model.ClusterSpec;

/**
 * One entry of {@code clusters}: the spec, which goes into ZooKeeper, and beside it the cluster's
 * own credentials, which never do.
 */
@JsonDeserialize(using = ClusterConfiguration.Deserializer.class)
record ClusterConfiguration(ClusterSpec spec, CredentialsSettings credentials) {
  static final String CREDENTIALS = "credentials";

  static final class Deserializer extends StdDeserializer<ClusterConfiguration> {
    Deserializer() {
      super(ClusterConfiguration.class);
    }

    @Override
    public ClusterConfiguration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode entry = context.readTree(parser);
      if (!(entry instanceof ObjectNode settings)) {
        return context.reportInputMismatch(this, "a block of settings is expected");
      }
      JsonNode own = settings.remove(CREDENTIALS);
      ClusterSpec spec = context.readTreeAsValue(settings, ClusterSpec.class);
      if (own == null || own.isNull()) {
        return new ClusterConfiguration(spec, CredentialsSettings.NONE);
      }
      try {
        return new ClusterConfiguration(
            spec, context.readTreeAsValue(own, CredentialsSettings.class));
      } catch (JsonMappingException e) {
        e.prependPath(ClusterConfiguration.class, CREDENTIALS);
        throw e;
      }
    }
  }
}

package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;

/**
 * This manager.
 *
 * @param id unique among the managers of one ZooKeeper root
 * @param host where users and the other managers reach it; shown, not listened on
 */
public record ManagerSettings(String id, String host) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:\\[][A-Za-z0-9._:%\\]-]{0,254}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public ManagerSettings {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id %s is not valid: use 1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
              .formatted(Printable.quoted(id)));
    }
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "host %s is not valid: give a host name or an IP address"
              .formatted(Printable.quoted(host)));
    }
  }

  @JsonCreator
  static ManagerSettings of(
      @JsonProperty("id") @Nullable String id, @JsonProperty("host") @Nullable String host) {
    return new ManagerSettings(
        id == null || id.isBlank() ? hostName() : id, Limits.orElse(host, "127.0.0.1"));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "id is missing, and this machine's host name cannot be found out: give an id", e);
    }
  }
}

package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which proxy stands in front of a cluster. */
public enum ProxyKind {
  @JsonProperty("proxysql")
  PROXYSQL,
  @JsonProperty("haproxy")
  HAPROXY
}

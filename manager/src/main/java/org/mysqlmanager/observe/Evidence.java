package org.mysqlmanager.observe;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;

/**
 * What is known beside the present look: from the other managers, from earlier looks, from trying.
 *
 * @param witnesses how each other manager that lives and looks at this cluster sees its servers
 * @param receiverLag how far behind the source each replica was in <em>receiving</em> when the
 *     source last answered; at least that. A server is missing where this manager cannot tell (yet)
 * @param sourceExecuted what the source had executed when it last answered this manager
 * @param writeProbe how an attempt to write on the source ended, if one was made
 * @param lastFailure the last step that did not succeed, in words: to be shown, not decided on
 */
public record Evidence(
    Map<String, Map<ServerId, Sight>> witnesses,
    Map<ServerId, Duration> receiverLag,
    Optional<GtidSet> sourceExecuted,
    Optional<WriteProbe> writeProbe,
    Optional<String> lastFailure) {
  public static final Evidence NONE =
      new Evidence(Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public Evidence {
    witnesses = Map.copyOf(new TreeMap<>(witnesses));
    receiverLag = Map.copyOf(receiverLag);
  }

  public Evidence withWitnesses(Map<String, Map<ServerId, Sight>> others) {
    return new Evidence(others, receiverLag, sourceExecuted, writeProbe, lastFailure);
  }

  public Evidence withWriteProbe(WriteProbe probe) {
    return new Evidence(witnesses, receiverLag, sourceExecuted, Optional.of(probe), lastFailure);
  }

  public Evidence withLastFailure(Optional<String> failure) {
    return new Evidence(witnesses, receiverLag, sourceExecuted, writeProbe, failure);
  }
}

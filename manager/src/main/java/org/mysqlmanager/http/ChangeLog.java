package org.mysqlmanager.http;

import java.util.Optional;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.RefusalListener;
import org.mysqlmanager.model.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs who had something done over HTTP: a line for each request that was allowed and does more
 * than read, when it has been answered, however many there are. The path is without the query,
 * which may hold a secret.
 */
public final class ChangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

  private ChangeLog() {}

  static void answered(Optional<String> who, Question question, int status) {
    LOG.info(
        "{} from {} asked on the {} port for {}: it was answered with {}.",
        who.orElse("Somebody"),
        RefusalListener.shown(question.remote()),
        question.endpoints(),
        request(question),
        status);
  }

  /** Method and path, as they are shown. */
  static String request(Question question) {
    return Printable.quoted(question.method() + " " + question.path());
  }
}

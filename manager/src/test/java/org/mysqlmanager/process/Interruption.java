package org.mysqlmanager.process;

import java.util.List;
import java.util.stream.Stream;
import org.mysqlmanager.local.link.Hold;
import org.mysqlmanager.local.link.Links;

/**
 * A place in an operation at which the leading manager is stopped: what it sends there, and when.
 *
 * @param step the step of the operation
 * @param text what is seen on the wire, with {@code OLD} and {@code NEW} for the servers' names
 */
record Interruption(String step, Moment moment, Party to, String text) {
  enum Moment {
    BEFORE_THE_WRITE("before the state is stored"),
    BEFORE_THE_EFFECT("after the write and before the effect"),
    BEFORE_THE_ANSWER("after the effect and before the answer");

    private final String words;

    Moment(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Who gets the managers' messages, by the part in the operation. */
  enum Party {
    ZOOKEEPER,
    PROXY,
    OLD,
    NEW,
    THIRD
  }

  /**
   * Whether each place is tried at all three moments, or only between the write and the effect:
   * that takes less than half of the time. {@code -Dmysqlmanager.kill.every-moment=true} for all.
   */
  static final boolean AT_EVERY_MOMENT = Boolean.getBoolean("mysqlmanager.kill.every-moment");

  /** Those places of the list that are tried in this run. */
  static List<Interruption> chosen(List<Interruption> places) {
    return places.stream()
        .filter(place ->
            AT_EVERY_MOMENT
                || place.moment == Moment.BEFORE_THE_EFFECT
                // There is no other moment at these.
                || places.stream().filter(other -> other.step.equals(place.step)).count() == 1)
        .toList();
  }

  /** A step with one effect, or with several of which this is the first: all three moments. */
  static List<Interruption> step(String step, Party to, String text) {
    return Stream.concat(Stream.of(write(step)), effect(step, to, text).stream()).toList();
  }

  /** Before the state is stored that says that this step has begun. */
  static Interruption write(String step) {
    return new Interruption(
        step, Moment.BEFORE_THE_WRITE, Party.ZOOKEEPER, "\"step\" : \"" + step + "\"");
  }

  /** Before the finished operation's record is stored. */
  static Interruption record() {
    return new Interruption("end", Moment.BEFORE_THE_WRITE, Party.ZOOKEEPER, "\"result\" : \"");
  }

  /** Before a message arrives, and after it has arrived but its answer has not. */
  static List<Interruption> effect(String step, Party to, String text) {
    return List.of(
        new Interruption(step, Moment.BEFORE_THE_EFFECT, to, text),
        new Interruption(step, Moment.BEFORE_THE_ANSWER, to, text));
  }

  /** Stops that manager there. */
  Hold hold(Links links, String manager, Servers servers) {
    String receiver =
        switch (to) {
          case ZOOKEEPER -> "zk1";
          case PROXY -> "proxy";
          case OLD -> servers.old();
          case NEW -> servers.candidate();
          case THIRD -> servers.third();
        };
    String seen = text.replace("OLD", servers.old()).replace("NEW", servers.candidate());
    return switch (moment) {
      case BEFORE_THE_WRITE, BEFORE_THE_EFFECT -> links.hold(manager, receiver, seen);
      case BEFORE_THE_ANSWER -> links.holdAnswer(manager, receiver, seen);
    };
  }

  @Override
  public String toString() {
    return step + ", " + moment;
  }
}

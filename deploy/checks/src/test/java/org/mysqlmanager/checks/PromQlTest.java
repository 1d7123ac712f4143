package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.checks.PromQl.LabelMatcher;
import org.mysqlmanager.checks.PromQl.Selector;

class PromQlTest {
  @Test
  void findsMetricsAndNothingElse() {
    assertEquals(
        List.of(
            new Selector(
                "a_total", List.of(new LabelMatcher("x", "y"), new LabelMatcher("z", "$v"))),
            new Selector("l:b:max", List.of()),
            new Selector("c", List.of())),
        PromQl.selectors(
            "sum by (job, le) (rate(a_total{x=\"y\",z=~\"$v\"}[5m])) > on (job) group_left () l:b:max"
                + " unless c offset 1h * 1e9"));
  }

  @Test
  void findsTheLabelsOfGroupings() {
    assertEquals(
        List.of("job", "le", "job"),
        PromQl.groupingLabels("sum by (job, le) (x) / on (job) group_left () y"));
  }
}

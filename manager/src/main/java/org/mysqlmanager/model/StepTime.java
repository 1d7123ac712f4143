package org.mysqlmanager.model;

import java.time.Instant;

/** When an operation entered a step, and when its postcondition was seen. */
public record StepTime(String step, Instant started, Instant finished) {}

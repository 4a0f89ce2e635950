package org.amalgam.runner.executor;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

/** Sends what libraries log to the log of the stage whose thread logs it; named in logback.xml. */
public final class StageLogAppender extends AppenderBase<ILoggingEvent> {
  @Override
  protected void append(ILoggingEvent event) {
    StageLog log = StageLog.current();
    if (log == null) {
      return;
    }
    log.line(event.getLevel() + " " + event.getLoggerName() + ": " + event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      log.line(ThrowableProxyUtil.asString(thrown));
    }
  }
}

package dev.tidegate.policy;

/** The rest of the pipeline, as a policy sees it. */
public interface Next {
  /** Lets the request go on, now or later, on the exchange's event loop. */
  void proceed();
}

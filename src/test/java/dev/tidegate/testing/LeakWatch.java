package dev.tidegate.testing;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Netty's leak detector at its most watchful. It ends by leaking one buffer on purpose and waiting
 * for that report, so that silence is known to mean something.
 */
public final class LeakWatch {
  private static final String ON_PURPOSE = "leaked on purpose ";

  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

  /** Watches from now on; what others leaked earlier does not count. */
  public static LeakWatch begin() {
    LeakWatch watch = new LeakWatch();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> watch.leaks.add(type + "\n" + records));
    watch.collect();
    watch.leaks.clear();
    return watch;
  }

  /** Ends the watch; what was leaked meanwhile, each with its places of access. */
  public List<String> end() {
    collect();
    ResourceLeakDetector.setLevel(before);
    ByteBufUtil.setLeakListener(null);
    return leaks.stream().filter(leak -> !leak.contains(ON_PURPOSE)).toList();
  }

  private void collect() {
    for (int round = 0; round < 2; round++) {
      String mark = ON_PURPOSE + System.nanoTime();
      PooledByteBufAllocator.DEFAULT.directBuffer(16).touch(mark);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (leaks.stream().noneMatch(leak -> leak.contains(mark))) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("the leak detector does not see a leak");
        }
        System.gc();
        // The detector reports when it is given another buffer to watch.
        PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
      }
    }
  }
}

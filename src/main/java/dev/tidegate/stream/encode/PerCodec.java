package dev.tidegate.stream.encode;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something of each codec that is spoken, made when it is first needed. One event loop's own. */
public final class PerCodec<T> {
  private final Supplier<? extends T> make;
  private @Nullable T json;
  private @Nullable T proto;

  public PerCodec(Supplier<? extends T> make) {
    this.make = make;
  }

  public T of(Codec codec) {
    T known =
        switch (codec) {
          case JSON -> json;
          case PROTO -> proto;
        };
    return known == null ? made(codec) : known;
  }

  private T made(Codec codec) {
    T made = make.get();
    switch (codec) {
      case JSON -> json = made;
      case PROTO -> proto = made;
    }
    return made;
  }
}

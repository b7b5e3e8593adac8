package dev.tidegate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a property that the file does not give, in YAML as the file would give it: {@code
 * 8080}, {@code 30s}, {@code [commands]}; <code>{}</code> for a section of which every property has
 * a default.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
  String value();
}
